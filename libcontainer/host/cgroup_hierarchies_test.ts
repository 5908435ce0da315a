import { assertEquals } from "@std/assert";
import { parseCgroupHierarchies } from "./cgroup_hierarchies.ts";

const TMPFS = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n";
const MEMORY = "35 31 0:32 / /sys/fs/cgroup/memory rw shared:3 master:1 - cgroup cgroup rw,memory\n";
const UNIFIED = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

Deno.test("parseCgroupHierarchies() tells the three modes apart", () => {
  const mode = (mountinfo: string) => parseCgroupHierarchies(mountinfo, "0::/\n").mode;
  assertEquals(mode(TMPFS + MEMORY), "legacy");
  assertEquals(mode(TMPFS + MEMORY + UNIFIED), "hybrid");
  assertEquals(mode("31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"), "unified");
  assertEquals(mode("31 23 0:28 / /elsewhere rw - cgroup2 cgroup2 rw\n"), "legacy");
  assertEquals(mode(""), "legacy");
});

Deno.test("parseCgroupHierarchies() lists v1 mounts with what they show and their controllers", () => {
  const named = "36 31 0:33 /a/b /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd";
  assertEquals(parseCgroupHierarchies(TMPFS + MEMORY + UNIFIED + named, "").mounts, [
    { mountpoint: "/sys/fs/cgroup/memory", root: "/", options: ["rw", "memory"] },
    { mountpoint: "/sys/fs/cgroup/systemd", root: "/a/b", options: ["rw", "xattr", "name=systemd"] },
  ]);
});

Deno.test("parseCgroupHierarchies() is not led astray by other mounts' names", () => {
  const other = "50 23 0:50 / /mnt/\\040-\\040cgroup rw - tmpfs tmpfs rw\n" +
    "51 23 0:51 / /mnt/a - cgroup rw - tmpfs tmpfs rw\n";
  assertEquals(parseCgroupHierarchies(TMPFS + other + MEMORY, "").mounts.length, 1);
});

Deno.test("parseCgroupHierarchies() puts escaped characters of paths back", () => {
  const line = "35 31 0:32 / /mnt/a\\040b\\134c rw - cgroup cgroup rw,memory\n";
  assertEquals(parseCgroupHierarchies(line, "").mounts[0]!.mountpoint, "/mnt/a b\\c");
});

Deno.test("parseCgroupHierarchies() finds the caller's cgroup by each controller", () => {
  const { own } = parseCgroupHierarchies("", "5:cpu,cpuacct:/a\n2:name=systemd:/b:c\n0::/d\n");
  assertEquals(own, { cpu: "/a", cpuacct: "/a", "name=systemd": "/b:c", "": "/d" });
});
