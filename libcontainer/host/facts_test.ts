import { assertEquals, assertThrows } from "@std/assert";
import { Host } from "./facts.ts";

/** A host made of files below a temporary directory. */
function fakeHost(files: Readonly<Record<string, string>>): { host: Host; root: string } & Disposable {
  const root = Deno.makeTempDirSync({ prefix: "runt-host-" });
  for (const [path, text] of Object.entries(files)) {
    Deno.mkdirSync(`${root}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    Deno.writeTextFileSync(`${root}/${path}`, text.replaceAll("ROOT", root));
  }
  const host = new Host({ proc: `${root}/proc`, sys: `${root}/sys` });
  return { host, root, [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }) };
}

Deno.test("Host reads its facts from /proc and /sys", () => {
  using fake = fakeHost({
    "proc/sys/kernel/cap_last_cap": "40\n",
    "proc/self/cgroup": "1:memory:/a\n0::/\n",
    "proc/self/mountinfo": "1 1 0:1 / ROOT/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
      "2 1 0:2 / ROOT/sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" +
      "3 1 0:3 / ROOT/sys/fs/selinux rw - selinuxfs selinuxfs rw\n" +
      "4 1 0:4 / ROOT/resctrl rw - resctrl resctrl rw\n",
    "proc/self/attr/current": "system_u:system_r:init_t:s0\0",
    "proc/self/uid_map": "         0       1000          1\n",
    "proc/self/ns/net": "",
    "proc/self/ns/mnt": "",
    "sys/kernel/security/apparmor/profiles": "",
    "sys/module/apparmor/parameters/enabled": "Y\n",
    "resctrl/info/MB/x": "",
  });
  const { host, root } = fake;
  assertEquals(host.lastCap, 40);
  assertEquals(host.cgroupMode, "hybrid");
  assertEquals(host.cgroups.own, { memory: "/a", "": "/" });
  assertEquals(host.apparmorEnabled, true);
  assertEquals(host.selinuxEnabled, true);
  assertEquals(host.intelRdt, { root: `${root}/resctrl`, cat: false, mba: true });
  assertEquals(host.inUserNamespace, true);
  assertEquals([host.hasNamespace("network"), host.hasNamespace("mount")], [true, true]);
  assertEquals(host.hasNamespace("time"), false);
});

Deno.test("Host takes a missing file for a missing feature", () => {
  using fake = fakeHost({
    "proc/self/mountinfo": "",
    "proc/self/uid_map": "         0          0 4294967295\n",
  });
  const { host } = fake;
  assertEquals(host.apparmorEnabled, false);
  assertEquals(host.selinuxEnabled, false);
  assertEquals(host.intelRdt, undefined);
  assertEquals(host.inUserNamespace, false);
});

Deno.test("Host takes SELinux for off where it is hidden, or has no policy", () => {
  const isOn = (options: string, label: string) => {
    using fake = fakeHost({
      "proc/self/mountinfo": `3 1 0:3 / /sys/fs/selinux ${options} - selinuxfs selinuxfs rw\n`,
      "proc/self/attr/current": label,
    });
    return fake.host.selinuxEnabled;
  };
  assertEquals(isOn("rw,relatime", "u:r:t:s0\n"), true);
  assertEquals(isOn("ro,relatime", "u:r:t:s0\n"), false);
  assertEquals(isOn("rw,relatime", "kernel\0"), false);
});

Deno.test("Host reads a fact once", () => {
  using fake = fakeHost({ "proc/sys/kernel/cap_last_cap": "40\n", "proc/self/mountinfo": "" });
  assertEquals([fake.host.lastCap, fake.host.intelRdt], [40, undefined]);
  Deno.removeSync(`${fake.root}/proc`, { recursive: true });
  assertEquals([fake.host.lastCap, fake.host.intelRdt], [40, undefined]);
});

Deno.test("Host knows its own network namespace by device and inode", () => {
  using fake = fakeHost({ "proc/self/ns/net": "", "other": "" });
  Deno.linkSync(`${fake.root}/proc/self/ns/net`, `${fake.root}/bound`);
  assertEquals(fake.host.isOwnNamespace("network", `${fake.root}/bound`), true);
  assertEquals(fake.host.isOwnNamespace("network", `${fake.root}/other`), false);
  assertThrows(() => fake.host.isOwnNamespace("network", `${fake.root}/missing`), Deno.errors.NotFound);
});

Deno.test("Host reads this machine", () => {
  const host = new Host();
  assertEquals(host.lastCap > 30 && host.lastCap < 64, true);
  assertEquals(host.hasNamespace("pid"), true);
  assertEquals(host.isOwnNamespace("network", "/proc/self/ns/net"), true);
});
