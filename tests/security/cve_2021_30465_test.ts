/**
 * CVE-2021-30465: the place of a mount lies in a volume that another container writes to; it swaps a directory there
 * for a link at the right moment, and the mount is made outside the rootfs.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/safe_path.ts` have `openInRoot()` call
 * `kernel.openat(root, path, flags)`; the mount is then on the host's directory, and the container lacks it.
 */
import { assert, assertEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";
import { SwappedLink } from "../support/swapped_link.ts";

const ROUNDS = 40;

/** A volume at /vol, and a mount in it at /vol/way/place. */
function prepare(bundle: Bundle): { volume: string; outside: string } {
  const volume = `${bundle.directory}/volume`, outside = `${bundle.directory}/outside`;
  for (const path of [`${volume}/way/place`, `${outside}/place`, `${bundle.directory}/data`]) {
    Deno.mkdirSync(path, { recursive: true });
  }
  Deno.writeTextFileSync(`${bundle.directory}/data/found`, "data\n");
  bundle.update(({ process, mounts }) => {
    mounts.push(
      { destination: "/vol", type: "bind", source: "volume", options: ["rbind"] },
      { destination: "/vol/way/place", type: "bind", source: "data", options: ["rbind"] },
    );
    process.args = ["cat", "/proc/self/mountinfo"];
  });
  return { volume, outside };
}

/** How often the container has the mount. */
function countMounts(stdout: string): number {
  return stdout.split("\n").filter((line) => line.split(" ")[3]?.endsWith("/data")).length;
}

testNeeding([root], "CVE-2021-30465: a link in a volume leads a mount to a place inside the root", () => {
  for (const target of ["OUTSIDE", "/../../../../../../../../../../OUTSIDE"]) {
    using bundle = makeBundle(({ root }) => root.readonly = false);
    const { volume, outside } = prepare(bundle);
    Deno.removeSync(`${volume}/way`, { recursive: true });
    Deno.symlinkSync(target.replace("OUTSIDE", outside), `${volume}/way`);
    using runtime = new Runtime();
    const { code, stdout, stderr } = runtime.run(bundle.directory);
    assertEquals(code, 0, stderr);
    assertEquals(countMounts(stdout), 1, stdout);
    // A directory of that name was made in the root, which is where the link leads for a container.
    assert(Deno.statSync(`${bundle.rootfs}${outside}/place`).isDirectory);
    assertEquals([...Deno.readDirSync(`${outside}/place`)], []);
  }
});

testNeeding(
  [root, program("perl")],
  "CVE-2021-30465: a directory that is swapped for a link never leads a mount out",
  () => {
    using bundle = makeBundle(({ root }) => root.readonly = false);
    const { volume, outside } = prepare(bundle);
    using _swap = new SwappedLink(volume, "way", outside);
    using runtime = new Runtime();
    let started = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const { code, stdout } = runtime.run(bundle.directory);
      // Between two swaps there is no such directory: to fail is fine.
      if (code !== 0) continue;
      started++;
      assertEquals(countMounts(stdout), 1, stdout);
    }
    assert(started > 0, "not one container started");
  },
);
