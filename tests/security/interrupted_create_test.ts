/**
 * runt, or the process that it makes, is killed at system calls all over `create`, one after the other; whatever was
 * made so far, `delete --force` must find. And every one of them fails in turn; then nothing may be left at all.
 *
 * strace(1) does both: it counts the calls of each name, and kills or fails the n-th one.
 */
import { assert } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { type Place, placesIn, tampering } from "../support/tampering.ts";

const REMOVALS = new Set(["unlink", "unlinkat", "rmdir"]);
/** How many places are tried: all of them (some 500) with RUNT_THOROUGH=1, which takes minutes. */
const MOST = Deno.env.get("RUNT_THOROUGH") ? Infinity : 90;

const NEEDS = [root, program("strace")];
/**
 * The calls of one create, of runt after it has opened config.json and of the process that it makes; of these as many
 * as {@linkcode MOST}, evenly.
 */
function findPlaces(runtime: Runtime, bundle: string): Place[] {
  const log = Deno.makeTempFileSync(), id = runtime.newId();
  run("strace", ["-D", "-f", "-o", log, RUNT, "--root", runtime.root, "create", "-b", bundle, id], {
    stdout: "null",
    stderr: "null",
  });
  runtime.must(["delete", "--force", id]);
  // With -D strace is nobody's child; it ends with what it traces.
  waitUntil(
    "strace has written its log",
    () => Deno.readTextFileSync(log).includes("+++ killed by SIGKILL +++"),
  );
  const text = Deno.readTextFileSync(log);
  Deno.removeSync(log);
  return placesIn(text, "config.json", MOST);
}

/** Creates a container with one call tampered with. `-D`: else strace would wait for the container's end. */
function tamper(
  runtime: Runtime,
  bundle: string,
  id: string,
  place: Place,
  what: string,
): number {
  return run("strace", [
    "-D",
    ...tampering(place, what),
    RUNT,
    "--root",
    runtime.root,
    "create",
    "-b",
    bundle,
    id,
  ], { stdout: "null", stderr: "null" }).code;
}

testNeeding(NEEDS, "killed at any call, create leaves only what delete --force removes", () => {
  using bundle = makeBundle(({ linux }) => linux.resources.memory = { limit: 64 << 20 });
  using runtime = new Runtime();
  const places = findPlaces(runtime, bundle.directory);
  assert(places.length >= 50, `only ${places.length} places`);
  let killed = 0;
  for (const [call, nth] of places) {
    const id = runtime.newId();
    if (tamper(runtime, bundle.directory, id, [call, nth], "signal=SIGKILL") !== 0) killed++;
    runtime.must(["delete", "--force", id]);
    waitUntil(`nothing is left of a create killed at ${call} ${nth}`, () => {
      return leftovers(id, runtime.root, bundle.directory).length === 0;
    });
  }
  assert(killed > places.length / 2, `only ${killed} of ${places.length} were killed`);
});

testNeeding(NEEDS, "failing at any call, create either goes on or leaves nothing", () => {
  using bundle = makeBundle(({ linux }) => linux.resources.memory = { limit: 64 << 20 });
  using runtime = new Runtime();
  let failed = 0;
  for (const [call, nth] of findPlaces(runtime, bundle.directory)) {
    const id = runtime.newId();
    const code = tamper(runtime, bundle.directory, id, [call, nth], "error=ENOMEM");
    // Where removing is what fails, it fails for the clean-up, too: that is told, and left to a later delete.
    if (code === 0 || REMOVALS.has(call)) runtime.must(["delete", "--force", id]);
    if (code !== 0) failed++;
    waitUntil(`nothing is left of a create that failed at ${call} ${nth}`, () => {
      return leftovers(id, runtime.root, bundle.directory).length === 0;
    });
  }
  assert(failed > 20, `only ${failed} creates failed`);
});
