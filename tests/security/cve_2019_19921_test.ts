/**
 * CVE-2019-19921 (CVE-2019-18837 of crun, CVE-2025-54867 of youki): an image whose /proc (or /sys) is a link. The runtime mounts a procfs where it leads, and goes on to
 * trust, mask and make read-only what is at /proc, which is the image's.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/mount_rules.ts` have `mayBeLink()` return true; the
 * containers then start, their procfs elsewhere and nothing masked.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

const PLACES = { "/proc": "proc", "/sys": "sysfs" };

for (const [place, type] of Object.entries(PLACES)) {
  for (const target of ["/evil", "evil", "../../../../../../../evil"]) {
    testNeeding(
      [root],
      `CVE-2019-19921, CVE-2019-18837, CVE-2025-54867: ${place} that is a link to ${target} is refused`,
      () => {
        using bundle = makeBundle(({ process }) => process.args = ["echo", "started"]);
        Deno.mkdirSync(`${bundle.rootfs}/evil`);
        Deno.removeSync(`${bundle.rootfs}${place}`);
        Deno.symlinkSync(target, `${bundle.rootfs}${place}`);
        using runtime = new Runtime();
        const { code, stdout, stderr } = runtime.run(bundle.directory);
        assert(code !== 0);
        assertEquals(stdout, "");
        assertStringIncludes(stderr, `filesystem \\"${type}\\" must be mounted on ordinary directory`);
        assertEquals([...Deno.readDirSync(`${bundle.rootfs}/evil`)], []);
      },
    );
  }
}

testNeeding([root], "CVE-2019-19921: /proc that is a file is refused", () => {
  using bundle = makeBundle(({ process }) => process.args = ["echo", "started"]);
  Deno.removeSync(`${bundle.rootfs}/proc`);
  Deno.writeTextFileSync(`${bundle.rootfs}/proc`, "");
  using runtime = new Runtime();
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assert(code !== 0);
  assertEquals(stdout, "");
  assertStringIncludes(stderr, "must be mounted on ordinary directory");
});
