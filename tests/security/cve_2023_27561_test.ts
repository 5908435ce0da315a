/**
 * CVE-2023-27561 and CVE-2023-28642: CVE-2019-19921 once more, by way of a volume. /proc is a link into a volume that
 * two containers share; what is mounted there first is the volume, and the procfs comes to lie in it.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/mount_rules.ts` have `mayBeLink()` return true; the program
 * then runs, and reads from a volume what it takes for /proc.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

function volume(destination: string): Config {
  return { destination, type: "bind", source: "volume", options: ["rbind"] };
}

testNeeding([root], "CVE-2023-27561: /proc that is a link into a volume is refused", () => {
  using bundle = makeBundle();
  Deno.mkdirSync(`${bundle.directory}/volume/proc/self`, { recursive: true });
  Deno.writeTextFileSync(`${bundle.directory}/volume/proc/self/status`, "forged\n");
  Deno.removeSync(`${bundle.rootfs}/proc`);
  Deno.symlinkSync("/vol/proc", `${bundle.rootfs}/proc`);
  bundle.update(({ process, mounts }) => {
    process.args = ["cat", "/proc/self/status"];
    mounts.unshift(volume("/vol"));
  });
  using runtime = new Runtime();
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assert(code !== 0);
  assertEquals(stdout, "");
  assertStringIncludes(stderr, "must be mounted on ordinary directory");
});

testNeeding([root], "CVE-2023-28642: masks cannot be led elsewhere by a link in the place of /proc", () => {
  using bundle = makeBundle();
  Deno.mkdirSync(`${bundle.directory}/volume`);
  Deno.removeSync(`${bundle.rootfs}/proc`);
  Deno.symlinkSync("/vol/x", `${bundle.rootfs}/proc`);
  bundle.update(({ process, mounts }) => {
    process.args = ["sh", "-c", "echo started; mount"];
    mounts.unshift(volume("/vol"));
  });
  using runtime = new Runtime();
  const { code, stdout } = runtime.run(bundle.directory);
  assert(code !== 0);
  assertEquals(stdout, "");
  assertEquals([...Deno.readDirSync(`${bundle.directory}/volume`)], []);
});

testNeeding([root], "CVE-2023-27561: with /proc an ordinary directory, a volume does no harm", () => {
  using bundle = makeBundle();
  Deno.mkdirSync(`${bundle.directory}/volume/proc`, { recursive: true });
  bundle.update(({ process, mounts }) => {
    process.args = ["grep", "-c", "^Name:", "/proc/self/status"];
    mounts.unshift(volume("/vol"));
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).stdout, "1\n");
});
