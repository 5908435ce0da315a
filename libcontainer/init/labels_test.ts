import { assertEquals, assertThrows } from "@std/assert";
import { ENOENT } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import { howByPath, recordingKernel } from "../../tests/support/rootfs_fixture.ts";
import { setApparmorProfile, setKeyLabel, setSelinuxLabel } from "./labels.ts";

const APPARMOR = processConfig({ apparmorProfile: "docker-default" }).process;
const SELINUX = processConfig({ selinuxLabel: "system_u:system_r:container_t:s0:c1,c2" }).process;

/** What is written where, with calls whose names are not of interest left out. */
function written(kernel: ReturnType<typeof recordingKernel>): string[] {
  kernel.flush();
  return kernel.operations.flatMap(({ name, args }) => {
    if (name === "openat2") return [`open ${args[1]}`];
    if (name === "write") return [`write ${new TextDecoder().decode(args[1] as Uint8Array)}`];
    return [];
  });
}

Deno.test("a profile and labels go to the thread's own attributes, on a procfs of runt's own", () => {
  const kernel = recordingKernel();
  setKeyLabel(kernel, SELINUX);
  setApparmorProfile(kernel, APPARMOR);
  setSelinuxLabel(kernel, SELINUX);
  assertEquals(written(kernel), [
    "open thread-self/attr/keycreate",
    "write system_u:system_r:container_t:s0:c1,c2",
    "open thread-self/attr/apparmor/exec",
    "write exec docker-default",
    "open thread-self/attr/exec",
    "write system_u:system_r:container_t:s0:c1,c2",
  ]);
  assertEquals(kernel.operations.filter(({ name }) => name === "fsopen").length, 3);
  // RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH: nothing that is mounted there is written to.
  for (const { resolve } of Object.values(howByPath(kernel))) assertEquals(resolve, 1 | 2 | 8);
});

Deno.test("without a profile and labels nothing is asked", () => {
  const kernel = recordingKernel(), { process } = processConfig({});
  setKeyLabel(kernel, process);
  setApparmorProfile(kernel, process);
  setSelinuxLabel(kernel, process);
  assertEquals(kernel.operations, []);
});

Deno.test("a kernel without a directory for AppArmor has the profile in the common one", () => {
  const kernel = recordingKernel({ 'openat2(?, "thread-self/attr/apparmor/exec"': -ENOENT });
  setApparmorProfile(kernel, APPARMOR);
  assertEquals(written(kernel), [
    "open thread-self/attr/apparmor/exec",
    "open thread-self/attr/exec",
    "write exec docker-default",
  ]);
});

Deno.test("a profile that is not loaded is an error with its place in config.json", () => {
  const kernel = recordingKernel({ write: -ENOENT });
  const error = assertThrows(() => {
    setApparmorProfile(kernel, APPARMOR);
    kernel.flush();
  }, KernelError);
  assertEquals(error.where, {
    step: "apparmor",
    path: "process.apparmorProfile",
    what: '"docker-default"',
  });
});
