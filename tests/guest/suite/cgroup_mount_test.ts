import { assertEquals, assertMatch } from "@std/assert";
import { Container } from "./container.ts";
import { guestCase } from "./guest_case.ts";

const MIB = 1024 * 1024;

guestCase("in a cgroup namespace the container sees its own cgroup as the root, read-only", {}, () => {
  using container = new Container({
    script: [
      "cat /proc/self/cgroup",
      "cat /sys/fs/cgroup/memory.max",
      "mkdir /sys/fs/cgroup/x 2>&1",
      "cat /proc/self/mountinfo",
    ].join("; "),
    linux: { cgroupsPath: "/runt-mount/c", resources: { memory: { limit: 64 * MIB } } },
  });
  const { stdout } = container.run();
  const [cgroup, limit, mkdir, ...mounts] = stdout.split("\n");
  assertEquals(cgroup, "0::/");
  assertEquals(limit, `${64 * MIB}`);
  assertMatch(mkdir ?? "", /Read-only file system/);
  const mount = mounts.filter((line) => / - cgroup/.test(line));
  assertEquals(mount.length, 1, mount.join("\n"));
  assertMatch(mount[0] ?? "", /^\d+ \d+ \S+ \/ \/sys\/fs\/cgroup ro,\S+ .*- cgroup2 /);
  for (const option of ["nosuid", "nodev", "noexec", "relatime"]) {
    assertMatch(mount[0] ?? "", new RegExp(`/sys/fs/cgroup \\S*\\b${option}\\b`));
  }
});

guestCase("without a cgroup namespace the container sees the whole path, read-only", {}, () => {
  using container = new Container({
    script: "cat /proc/self/cgroup; ls -d /sys/fs/cgroup/runt-whole/c; mkdir /sys/fs/cgroup/x 2>&1",
    without: ["cgroup"],
    linux: { cgroupsPath: "/runt-whole/c" },
  });
  const [cgroup, directory, mkdir] = container.run().stdout.split("\n");
  assertEquals(cgroup, "0::/runt-whole/c");
  assertEquals(directory, "/sys/fs/cgroup/runt-whole/c");
  assertMatch(mkdir ?? "", /Read-only file system/);
});
