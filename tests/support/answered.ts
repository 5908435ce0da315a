/**
 * Commands that are answered before Deno starts. Whether one was shows where `state.json` is made unreadable: the command
 * succeeds all the same, while without an answer it complains.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Bundle, makeBundle } from "./bundle.ts";
import { type Outcome, type Runtime, waitUntil } from "./runtime.ts";

/** A container that ends by itself, and one that does not. */
export const SHORT = ["true"], LONG = ["sleep", "100"];

/** A bundle with a program. */
export function bundleOf(args: readonly string[]): Bundle {
  return makeBundle(({ process }) => process.args = args);
}

/** Makes a container of it. */
export function create(runtime: Runtime, bundle: Bundle): string {
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
  return id;
}

/** Runs a command while nobody can read the container's facts. */
export function withoutFacts(runtime: Runtime, id: string, command: () => Outcome): Outcome {
  const path = `${runtime.root}/${id}/state.json`, facts = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, "?");
  try {
    return command();
  } finally {
    try {
      Deno.statSync(path);
      Deno.writeTextFileSync(path, facts);
    } catch { /* deleted */ }
  }
}

/** Outcome of a command that has nothing to say. */
export const NONE = { code: 0, stdout: "", stderr: "" };

/** Fails unless a command came to look at facts that nobody can read. */
export function assertFellThrough({ code, stderr }: Outcome): void {
  assertEquals(code, 1);
  assertStringIncludes(stderr, "is not a state file of runt");
}

/** Waits until a container has stopped. */
export function untilStopped(runtime: Runtime, id: string): void {
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
}
