/**
 * CVE-2019-16884: an image that has something mounted over /proc, so that what the runtime writes there (an AppArmor
 * profile, for one) is written into a file of the image.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/mount_rules.ts` have `checkMountPlace()`,
 * `checkNotOnProc()` and `checkIsProc()` return at once; every container here then starts.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

const ATTACKS: Readonly<Record<string, (config: Config, rootfs: string) => void>> = {
  "a volume at /proc": ({ mounts }, rootfs) =>
    mounts.push({ destination: "/proc", type: "bind", source: `${rootfs}/tmp`, options: ["rbind"] }),
  "a tmpfs at /proc": ({ mounts }) =>
    mounts.push({ destination: "/proc/", type: "tmpfs", source: "tmpfs", options: [] }),
  "a volume below /proc": ({ mounts }, rootfs) =>
    mounts.push({ destination: "/proc/self/attr", type: "bind", source: `${rootfs}/tmp`, options: ["bind"] }),
  "a path that only looks harmless": ({ mounts }, rootfs) =>
    mounts.push({ destination: "/tmp/../proc/1", type: "bind", source: `${rootfs}/tmp`, options: ["bind"] }),
  "a link that leads below /proc": ({ mounts }, rootfs) => {
    Deno.symlinkSync("proc/self/attr", `${rootfs}/innocent`);
    mounts.push({ destination: "/innocent", type: "bind", source: `${rootfs}/tmp`, options: ["bind"] });
  },
  "a link on the way below /proc": ({ mounts }, rootfs) => {
    Deno.symlinkSync("/proc", `${rootfs}/way`);
    mounts.push({ destination: "/way/sys", type: "bind", source: `${rootfs}/tmp`, options: ["bind"] });
  },
};

for (const [name, attack] of Object.entries(ATTACKS)) {
  testNeeding([root], `CVE-2019-16884: ${name} is refused`, () => {
    using bundle = makeBundle();
    bundle.update((config) => {
      config.process.args = ["echo", "started"];
      attack(config, bundle.rootfs);
    });
    using runtime = new Runtime();
    const { code, stdout, stderr } = runtime.run(bundle.directory);
    assert(code !== 0, stdout);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, "cannot be mounted because it is");
  });
}

testNeeding([root], "CVE-2019-16884: what lxcfs puts below /proc is not refused", () => {
  using bundle = makeBundle();
  Deno.writeTextFileSync(`${bundle.directory}/cpuinfo`, "one cpu\n");
  bundle.update(({ process, mounts }) => {
    process.args = ["cat", "/proc/cpuinfo"];
    mounts.push({ destination: "/proc/cpuinfo", type: "bind", source: "cpuinfo", options: ["bind"] });
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).stdout, "one cpu\n");
});
