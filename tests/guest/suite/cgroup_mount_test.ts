import { assertEquals, assertMatch } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { Container } from "./container.ts";
import { guest, runt } from "./guest_needs.ts";

const MIB = 1024 * 1024;

testNeeding([guest], "in a cgroup namespace the container sees its own cgroup as the root, read-only", () => {
  const script = [
    "cat /proc/self/cgroup",
    "cat /sys/fs/cgroup/memory.max",
    "mkdir /sys/fs/cgroup/x 2>&1",
    "cat /proc/self/mountinfo",
  ].join("; ");
  using container = new Container(script, ({ linux }) => {
    linux.cgroupsPath = "/runt-mount/c";
    linux.resources.memory = { limit: 64 * MIB };
  });
  const [cgroup, limit, mkdir = "", ...mounts] = container.run().stdout.split("\n");
  assertEquals(cgroup, "0::/");
  assertEquals(limit, `${64 * MIB}`);
  assertMatch(mkdir, /Read-only file system/);
  const [mount = "", ...others] = mounts.filter((line) => / - cgroup/.test(line));
  assertEquals(others, []);
  assertMatch(mount, /^\d+ \d+ \S+ \/ \/sys\/fs\/cgroup ro,\S+ .*- cgroup2 /);
  for (const option of ["nosuid", "nodev", "noexec", "relatime"]) {
    assertMatch(mount, new RegExp(`/sys/fs/cgroup \\S*\\b${option}\\b`));
  }
});

testNeeding([guest], "without a cgroup namespace the container sees the whole path, read-only", () => {
  const script = "cat /proc/self/cgroup; ls -d /sys/fs/cgroup/runt-whole/c; mkdir /sys/fs/cgroup/x 2>&1";
  using container = new Container(script, ({ linux }) => {
    linux.cgroupsPath = "/runt-whole/c";
    linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "cgroup");
  });
  const [cgroup, directory, mkdir = ""] = container.run().stdout.split("\n");
  assertEquals(cgroup, "0::/runt-whole/c");
  assertEquals(directory, "/sys/fs/cgroup/runt-whole/c");
  assertMatch(mkdir, /Read-only file system/);
});

testNeeding(
  [guest, runt],
  "who may write to the container's cgroup can divide it, and not raise its limits",
  () => {
    const script = [
      "mkdir /sys/fs/cgroup/part",
      "echo 0 > /sys/fs/cgroup/part/cgroup.procs",
      "cat /proc/self/cgroup",
      "echo max > /sys/fs/cgroup/memory.max",
    ].join("; ");
    using container = new Container(script, (config) => {
      config.linux.cgroupsPath = "/runt-own/c";
      config.linux.resources.memory = { limit: 64 * MIB };
      const mount = config.mounts.find(({ type }: { type: string }) => type === "cgroup");
      mount.options = mount.options.filter((option: string) => option !== "ro");
      config.process.user = { uid: 1000, gid: 1000 };
    });
    const { stdout, stderr } = container.run();
    assertEquals(stdout, "0::/part\n");
    assertMatch(stderr, /can't create \/sys\/fs\/cgroup\/memory\.max: Permission denied/);
  },
);
