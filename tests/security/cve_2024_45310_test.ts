/**
 * CVE-2024-45310: CVE-2021-30465 for what is made for a mount: where its place is missing, empty directories and files
 * are made, and a link in a volume that is swapped in at the right moment has them made on the host.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/safe_path.ts` have `openInRoot()` call
 * `kernel.openat(root, path, flags)`; directories and a file are then made outside.
 */
import { assert, assertEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";
import { SwappedLink } from "../support/swapped_link.ts";

const ROUNDS = 40;

/** A volume at /vol; directories and a file are to be made in it, at a new path each round. */
function prepare(bundle: Bundle, round: number): void {
  bundle.update(({ process, mounts, root }) => {
    root.readonly = false;
    mounts.push(
      { destination: "/vol", type: "bind", source: "volume", options: ["rbind"] },
      { destination: `/vol/way/${round}/a/b`, type: "tmpfs", source: "tmpfs", options: ["mode=755"] },
      { destination: `/vol/way/${round}/file`, type: "bind", source: "data", options: ["bind"] },
    );
    process.args = ["true"];
  });
}

testNeeding([root], "CVE-2024-45310: nothing is made outside the root, whatever leads there", () => {
  using bundle = makeBundle();
  const outside = `${bundle.directory}/outside`, volume = `${bundle.directory}/volume`;
  Deno.mkdirSync(volume);
  Deno.mkdirSync(outside);
  Deno.writeTextFileSync(`${bundle.directory}/data`, "data\n");
  Deno.symlinkSync(outside, `${volume}/way`);
  prepare(bundle, 0);
  using runtime = new Runtime();
  const { code, stderr } = runtime.run(bundle.directory);
  assertEquals(code, 0, stderr);
  assertEquals([...Deno.readDirSync(outside)], []);
  assert(Deno.statSync(`${bundle.rootfs}${outside}/0/file`).isFile);
});

testNeeding(
  [root, program("perl")],
  "CVE-2024-45310: nothing is made outside the root while links are swapped in",
  () => {
    using bundle = makeBundle();
    const outside = `${bundle.directory}/outside`, volume = `${bundle.directory}/volume`;
    Deno.mkdirSync(volume);
    Deno.mkdirSync(outside);
    Deno.writeTextFileSync(`${bundle.directory}/data`, "data\n");
    using _swap = new SwappedLink(volume, "way", outside);
    using runtime = new Runtime();
    let started = 0;
    for (let round = 0; round < ROUNDS; round++) {
      prepare(bundle, round);
      if (runtime.run(bundle.directory).code === 0) started++;
      assertEquals([...Deno.readDirSync(outside)], []);
    }
    assert(started > 0, "not one container started");
  },
);
