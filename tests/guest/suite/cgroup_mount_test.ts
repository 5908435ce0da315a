import { assertEquals, assertMatch } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { Container } from "./container.ts";
import { guest } from "./guest_needs.ts";

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
