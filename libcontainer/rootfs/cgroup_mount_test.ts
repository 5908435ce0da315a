import { assert, assertEquals, assertThrows } from "@std/assert";
import { MS_RDONLY } from "../../ffi/constants/mount.ts";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { recordingKernel, testContext, testMount } from "../../tests/support/rootfs_fixture.ts";
import { mountCgroups } from "./cgroup_mount.ts";
import { type CgroupView, cgroupView } from "./context.ts";

const MOUNT = testMount({
  destination: "/sys/fs/cgroup",
  type: "cgroup",
  source: "cgroup",
  flags: MS_RDONLY,
});
const HIERARCHIES = [
  { name: "cpu,cpuacct", controllers: ["cpu", "cpuacct"], directory: "/sys/fs/cgroup/cpu,cpuacct/c" },
  { name: "systemd", controllers: ["name=systemd"], directory: "/sys/fs/cgroup/systemd/c" },
];

function mounted(cgroup: CgroupView, answers = {}): string[] {
  const kernel = recordingKernel(answers);
  mountCgroups(kernel, MOUNT, testContext({ cgroup }));
  kernel.flush();
  return kernel.lines();
}

Deno.test("v1 in a cgroup namespace: each hierarchy below a tmpfs, read-only, links for each controller", () => {
  const lines = mounted({ mode: "legacy", namespace: true, hierarchies: HIERARCHIES, unified: undefined });
  assertEquals(lines.filter((line) => line.startsWith("fsopen")), [
    'fsopen("tmpfs", 1)',
    'fsopen("cgroup", 1)',
    'fsopen("cgroup", 1)',
  ]);
  assert(lines.includes('fsconfig(100, 1, "mode", "755", 0)'));
  assert(lines.some((line) => line.endsWith('0, "cpuacct", 0, 0)')), "controllers are flags");
  assert(lines.some((line) => line.endsWith('1, "name", "systemd", 0)')));
  assertEquals(lines.filter((line) => line.startsWith("fsmount")).map((line) => line.split(", ").at(-1)), [
    "14)",
    "15)",
    "15)",
  ]);
  assertEquals(lines.filter((line) => line.startsWith("symlinkat")), [
    'symlinkat("cpu,cpuacct", 101, "cpu")',
    'symlinkat("cpu,cpuacct", 101, "cpuacct")',
  ]);
});

Deno.test("v1 without a cgroup namespace: the container's own cgroups are bound", () => {
  const lines = mounted({ mode: "legacy", namespace: false, hierarchies: HIERARCHIES, unified: undefined });
  assertEquals(lines.filter((line) => line.startsWith("open_tree")), [
    'open_tree(-100, "/sys/fs/cgroup/cpu,cpuacct/c", 0x88001)',
    'open_tree(-100, "/sys/fs/cgroup/systemd/c", 0x88001)',
  ]);
  assertEquals(lines.filter((line) => line.startsWith("mount_setattr")).length, 2);
});

const UNIFIED = { root: "/sys/fs/cgroup", directory: "/sys/fs/cgroup/c" };

Deno.test("v2 is mounted, or bound where that is not permitted", () => {
  const cgroup: CgroupView = { mode: "unified", namespace: true, hierarchies: [], unified: UNIFIED };
  const lines = mounted(cgroup);
  assert(lines.includes('fsopen("cgroup2", 1)') && lines.includes("fsmount(100, 1, 1)"));
  assert(!lines.some((line) => line.startsWith("open_tree")));
  const create = "fsconfig(?, 6";
  assert(mounted(cgroup, { [create]: -EPERM }).includes('open_tree(-100, "/sys/fs/cgroup/c", 0x80001)'));
  const host = mounted({ ...cgroup, namespace: false }, { [create]: -EPERM });
  assert(host.includes('open_tree(-100, "/sys/fs/cgroup", 0x80001)'));
  assertThrows(() => mounted(cgroup, { [create]: -EINVAL }), KernelError);
});

Deno.test("what a cgroup mount shows is worked out from the host's hierarchies", () => {
  const host = {
    mode: "hybrid" as const,
    root: "/sys/fs/cgroup",
    mounts: [
      { mountpoint: "/sys/fs/cgroup/cpu,cpuacct", root: "/", options: ["rw", "cpu", "cpuacct"] },
      { mountpoint: "/other/cpu", root: "/", options: ["rw", "cpu", "cpuacct"] },
      { mountpoint: "/sys/fs/cgroup/misc", root: "/", options: ["rw", "misc"] },
      { mountpoint: "/sys/fs/cgroup/net_cls", root: "/", options: ["rw", "net_cls"] },
    ],
    own: { cpu: "/me", cpuacct: "/me", net_cls: "/", "": "/" },
  };
  const view = cgroupView(host, { cpu: "/sys/fs/cgroup/cpu,cpuacct/me/c" }, false);
  assertEquals(view.hierarchies, [
    { name: "cpu,cpuacct", controllers: ["cpu", "cpuacct"], directory: "/sys/fs/cgroup/cpu,cpuacct/me/c" },
    { name: "net_cls", controllers: ["net_cls"], directory: "/sys/fs/cgroup/net_cls" },
  ]);
  assertEquals(view.unified, undefined);
  const v2 = cgroupView({ ...host, mode: "unified", mounts: [] }, { "": "/sys/fs/cgroup/c" }, true);
  assertEquals(v2.unified, UNIFIED);
});
