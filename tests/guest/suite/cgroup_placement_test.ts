import { assert, assertEquals, assertFalse } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { waitUntil } from "../../support/runtime.ts";
import { CGROUP_ROOT, cgroupExists, Container, readCgroup, resolveCgroup } from "./container.ts";
import { guest, runcRule } from "./guest_needs.ts";

/** Creates the container and checks that its process is in `cgroup`, and that `delete` removes that. */
function checkPlacement(container: Container, cgroup: string): void {
  container.create();
  assertEquals(readCgroup(container.pid), cgroup);
  assert(cgroupExists(cgroup));
  container.delete();
  assertFalse(cgroupExists(cgroup), "cgroup after delete");
}

testNeeding(
  [guest, runcRule],
  "without cgroupsPath the cgroup is named by the id, beside the runtime's own",
  () => {
    using container = new Container("true");
    checkPlacement(container, resolveCgroup(container.id));
  },
);

testNeeding([guest], "an absolute cgroupsPath begins at the root of cgroup v2", () => {
  using container = new Container("true", ({ linux }) => linux.cgroupsPath = "/runt-absolute/a/b");
  checkPlacement(container, "/runt-absolute/a/b");
});

testNeeding([guest, runcRule], "a relative cgroupsPath begins beside the runtime's own cgroup", () => {
  using container = new Container("true", ({ linux }) => linux.cgroupsPath = "runt-relative/a");
  checkPlacement(container, resolveCgroup("runt-relative/a"));
});

testNeeding([guest], "controllers are turned on in every cgroup above the container's", () => {
  using container = new Container("true", ({ linux }) => {
    linux.cgroupsPath = "/runt-above/a/b";
    linux.resources.pids = { limit: 99 };
  });
  container.create();
  for (const path of ["", "/runt-above", "/runt-above/a"]) {
    const file = `${CGROUP_ROOT}${path}/cgroup.subtree_control`;
    const controllers = Deno.readTextFileSync(file).trim().split(" ");
    for (const name of ["cpu", "memory", "pids"]) assert(controllers.includes(name), `${name} in ${file}`);
  }
  const own = Deno.readTextFileSync(`${CGROUP_ROOT}/runt-above/a/b/cgroup.subtree_control`);
  assertEquals(own, "", "the container's own subtree_control");
});

testNeeding([guest], "run in the foreground removes the cgroup when the container's process ends", () => {
  using container = new Container("echo inside", ({ linux }) => linux.cgroupsPath = "/runt-foreground/c");
  const { code, stdout, stderr } = container.run();
  assertEquals({ code, stdout }, { code: 0, stdout: "inside\n" }, stderr);
  assertFalse(cgroupExists("/runt-foreground/c"));
});

testNeeding([guest], "two containers can be siblings below one cgroup", () => {
  using first = new Container("true", ({ linux }) => linux.cgroupsPath = "/runt-siblings/one");
  using second = new Container("true", ({ linux }) => linux.cgroupsPath = "/runt-siblings/two");
  first.create();
  second.create();
  assertEquals(readCgroup(first.pid), "/runt-siblings/one");
  first.delete();
  assertEquals(readCgroup(second.pid), "/runt-siblings/two");
});

testNeeding([guest], "delete removes cgroups that the container made below its own", () => {
  using container = new Container("sleep 1000", ({ linux }) => linux.cgroupsPath = "/runt-nested/c");
  container.start();
  // As a container with a writable cgroup mount does, one with systemd inside for example
  const deeper = `${CGROUP_ROOT}/runt-nested/c/deep/deeper`;
  Deno.mkdirSync(deeper, { recursive: true });
  Deno.writeTextFileSync(`${deeper}/cgroup.procs`, `${container.pid}`);
  container.delete();
  assertFalse(cgroupExists("/runt-nested/c"));
});

testNeeding(
  [guest],
  "kill --all reaches every process in the cgroup, in a pid namespace shared with others",
  () => {
    using container = new Container("sleep 1000 & sleep 1000 & sleep 1000; true", ({ linux }) => {
      linux.cgroupsPath = "/runt-kill-all/c";
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
    });
    container.start();
    const processes = () =>
      Deno.readTextFileSync(`${CGROUP_ROOT}/runt-kill-all/c/cgroup.procs`).split("\n").filter(Boolean);
    waitUntil("the container has four processes", () => processes().length === 4);
    container.runtime.must(["kill", "--all", container.id, "KILL"]);
    waitUntil("they have ended", () => processes().length === 0);
    container.delete();
    assertFalse(cgroupExists("/runt-kill-all/c"));
  },
);
