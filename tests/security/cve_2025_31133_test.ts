/**
 * CVE-2025-31133 (CVE-2025-62161 of youki): `/dev/null` is replaced before it is bound over the masked paths. Then the masks bind what it leads
 * to, such as a writable /proc/sys/kernel/core_pattern, to a place where the container may write.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/dev_null.ts` have `verify()` return the descriptor at once,
 * and `open()` use `openInRoot()`; the containers then start, and the first one writes to a file of the host.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

/** What an attacker may have put in the place of `/dev/null`, in a volume that is the container's /dev. */
const FAKES: Readonly<Record<string, (path: string) => void>> = {
  "a link to a file of /proc": (path) => Deno.symlinkSync("/proc/sys/kernel/core_pattern", path),
  "a link to a file": (path) => Deno.symlinkSync("/tmp/target", path),
  "a file": (path) => Deno.writeTextFileSync(path, ""),
  "a directory": (path) => Deno.mkdirSync(path),
  "nothing": () => {},
  "another device": (path) => {
    const { success } = new Deno.Command("mknod", { args: [path, "c", "1", "5"] }).outputSync();
    assert(success);
  },
};

for (const [name, fake] of Object.entries(FAKES)) {
  testNeeding(
    [root],
    `CVE-2025-31133, CVE-2025-62161: ${name} in the place of /dev/null masks nothing`,
    () => {
      using bundle = makeBundle();
      const target = `${bundle.rootfs}/tmp/target`, dev = `${bundle.directory}/dev`;
      Deno.mkdirSync(dev);
      fake(`${dev}/null`);
      Deno.writeTextFileSync(target, "as it was\n");
      bundle.update((config) => {
        const { process, mounts, linux, root } = config;
        root.readonly = false;
        config.mounts = mounts.filter(({ destination }: { destination: string }) =>
          !destination.startsWith("/dev")
        );
        config.mounts.push({ destination: "/dev", type: "bind", source: "dev", options: ["rbind"] });
        linux.maskedPaths = ["/proc/timer_list", "/etc/passwd"];
        process.args = ["sh", "-c", "echo started; echo changed > /etc/passwd"];
      });
      using runtime = new Runtime();
      const { code, stdout, stderr } = runtime.run(bundle.directory);
      assert(code !== 0);
      assertEquals(stdout, "");
      assertStringIncludes(stderr, "container's /dev/null is invalid");
      assertEquals(Deno.readTextFileSync(target), "as it was\n");
    },
  );
}

testNeeding([root], "CVE-2025-31133: the real /dev/null of a volume masks", () => {
  using bundle = makeBundle();
  bundle.update((config) => {
    config.mounts = config.mounts.filter(({ destination }: { destination: string }) =>
      !destination.startsWith("/dev")
    );
    config.mounts.push({ destination: "/dev", type: "bind", source: "/dev", options: ["rbind", "rslave"] });
    config.linux.maskedPaths = ["/etc/passwd"];
    config.process.args = ["stat", "-c", "%F %t %T", "/etc/passwd"];
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).stdout, "character special file 1 3\n");
});
