import { assert, assertEquals } from "@std/assert";
import { EOPNOTSUPP } from "../../ffi/errno.ts";
import { recordingKernel, testConfig, testContext, testMount } from "../../tests/support/rootfs_fixture.ts";
import { mountAll } from "./mounts.ts";

const LABEL = "system_u:object_r:container_file_t:s0:c1,c2";

function callsFor(type: string, mountsByPath = false, answers = {}): string[] {
  const kernel = recordingKernel(answers), context = testContext();
  context.root.mountsByPath = mountsByPath;
  const mounts = [testMount({ destination: "/x", type, context: LABEL, data: "size=1k" })];
  mountAll(kernel, testConfig({ mounts }), context);
  kernel.flush();
  return kernel.lines();
}

Deno.test("a new file system gets the label as its context, commas and all", () => {
  for (const type of ["tmpfs", "devpts"]) {
    const lines = callsFor(type);
    assertEquals(lines.filter((line) => line.includes('"context"')), [
      `fsconfig(${type === "tmpfs" ? 101 : 100}, 1, "context", "${LABEL}", 0)`,
    ]);
    assert(!lines.some((line) => line.startsWith("fsetxattr")));
  }
});

Deno.test("a message queue's root gets the label as an attribute, where anybody knows such", () => {
  for (const answers of [{}, { fsetxattr: -EOPNOTSUPP }]) {
    const lines = callsFor("mqueue", false, answers);
    assert(!lines.some((line) => line.includes('"context"')));
    assertEquals(lines.filter((line) => line.startsWith("fsetxattr")), [
      `fsetxattr(103, "security.selinux", {…}, ${LABEL.length}, 0)`,
    ]);
  }
});

Deno.test("mount(2) has the label quoted in its data", () => {
  const mountOf = (type: string) => callsFor(type, true).find((line) => line.startsWith("mount("));
  const data = mountOf("devpts");
  assert(data?.endsWith(`"size=1k,context=\\"${LABEL}\\"")`), data);
  assert(mountOf("mqueue")?.endsWith(', "size=1k")'));
  assert(callsFor("mqueue", true).some((line) => line.startsWith("fsetxattr")));
});
