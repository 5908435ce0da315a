import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  CGROUP_ROOT,
  Container,
  exists,
  readCgroup,
  resolveCgroup,
  runRuntime,
  waitUntil,
} from "./container.ts";
import { guestCase } from "./guest_case.ts";

/** Creates the container and checks that its process is in `cgroup`, and that `delete` removes that. */
function checkPlacement(container: Container, cgroup: string): void {
  container.create();
  const { pid, status } = container.state();
  assertEquals(status, "created");
  assertEquals(readCgroup(pid), cgroup);
  assert(exists(CGROUP_ROOT + cgroup));
  container.delete();
  assertFalse(exists(CGROUP_ROOT + cgroup), "cgroup after delete");
}

guestCase(
  "without cgroupsPath the cgroup is named by the id, beside the runtime's own",
  { runcRule: true },
  () => {
    using container = new Container({ script: "true" });
    checkPlacement(container, resolveCgroup(container.id));
  },
);

guestCase("an absolute cgroupsPath begins at the root of cgroup v2", {}, () => {
  using container = new Container({ script: "true", linux: { cgroupsPath: "/runt-absolute/a/b" } });
  checkPlacement(container, "/runt-absolute/a/b");
});

guestCase("a relative cgroupsPath begins beside the runtime's own cgroup", { runcRule: true }, () => {
  using container = new Container({ script: "true", linux: { cgroupsPath: "runt-relative/a" } });
  checkPlacement(container, resolveCgroup("runt-relative/a"));
});

guestCase("controllers are turned on in every cgroup above the container's", {}, () => {
  using container = new Container({
    script: "true",
    linux: { cgroupsPath: "/runt-above/a/b", resources: { pids: { limit: 99 } } },
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

guestCase("run in the foreground removes the cgroup when the container's process ends", {}, () => {
  using container = new Container({ script: "echo inside", linux: { cgroupsPath: "/runt-foreground/c" } });
  const { code, stdout, stderr } = container.run();
  assertEquals({ code, stdout }, { code: 0, stdout: "inside\n" }, stderr);
  assertFalse(exists(`${CGROUP_ROOT}/runt-foreground/c`));
});

guestCase("two containers can be siblings below one cgroup", {}, () => {
  using first = new Container({ script: "true", linux: { cgroupsPath: "/runt-siblings/one" } });
  using second = new Container({ script: "true", linux: { cgroupsPath: "/runt-siblings/two" } });
  first.create();
  second.create();
  assertEquals(readCgroup(first.state().pid), "/runt-siblings/one");
  first.delete();
  assertEquals(readCgroup(second.state().pid), "/runt-siblings/two");
});

guestCase("delete removes cgroups that the container made below its own", {}, () => {
  using container = new Container({
    script: "sleep 1000",
    linux: { cgroupsPath: "/runt-nested/c" },
  });
  container.start();
  // As a container with a writable cgroup mount does, systemd as an example
  Deno.mkdirSync(`${CGROUP_ROOT}/runt-nested/c/deep/deeper`, { recursive: true });
  Deno.writeTextFileSync(
    `${CGROUP_ROOT}/runt-nested/c/deep/deeper/cgroup.procs`,
    `${container.state().pid}`,
  );
  container.delete();
  assertFalse(exists(`${CGROUP_ROOT}/runt-nested/c`));
});

guestCase("kill --all reaches every process in the cgroup, in a pid namespace shared with others", {}, () => {
  using container = new Container({
    script: "sleep 1000 & sleep 1000 & sleep 1000; true",
    without: ["pid"],
    linux: { cgroupsPath: "/runt-kill-all/c" },
  });
  container.start();
  const processes = () =>
    Deno.readTextFileSync(`${CGROUP_ROOT}/runt-kill-all/c/cgroup.procs`).split("\n").filter(Boolean);
  waitUntil(() => processes().length === 4, "the container's four processes");
  const { code, stderr } = runRuntime(container.root, ["kill", "--all", container.id, "KILL"]);
  assertEquals(code, 0, stderr);
  waitUntil(() => processes().length === 0, "their end");
  container.delete();
  assertFalse(exists(`${CGROUP_ROOT}/runt-kill-all/c`));
});
