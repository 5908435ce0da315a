/**
 * Reads config.json.
 *
 * @module
 */

import { readTextFile } from "../../ffi/files.ts";
import { RuntError } from "../error.ts";
import { decode, type Decoded } from "./decode.ts";
import { problemsError } from "./problem.ts";
import { SPEC } from "./schema.ts";
import type { Spec } from "./spec.ts";

/**
 * Reads a bundle's config.json and checks its types; `validate/` checks what it says.
 *
 * @param bundleDir the bundle
 * @throws {RuntError} `io` when the file cannot be read, `invalid-config` with all problems when it is not
 *   JSON of the right shape
 */
export function loadSpec(bundleDir: string): Spec {
  const { value, problems } = readSpec(bundleDir);
  if (problems.length > 0) throw problemsError(problems);
  return value;
}

/**
 * As {@linkcode loadSpec}, but hands over problems of type together with what was right, so that they can be
 * told together with those that the checks find.
 *
 * @throws {RuntError} when the file cannot be read or is not JSON
 */
export function readSpec(bundleDir: string): Decoded<Spec> {
  return decode<Spec>(readConfig(bundleDir), SPEC);
}

function readConfig(bundleDir: string): string {
  const file = `${bundleDir}/config.json`;
  try {
    return readTextFile(file);
  } catch (cause) {
    // runc's texts, which clients look for.
    const objection = objectionToDirectory(bundleDir);
    if (objection !== undefined) throw new RuntError("io", `chdir ${bundleDir}: ${objection}`);
    if (cause instanceof Deno.errors.NotFound) {
      throw new RuntError("io", "JSON specification file config.json not found");
    }
    throw new RuntError("io", `cannot read ${file}: ${reasonOf(cause as Error)}`);
  }
}

function objectionToDirectory(path: string): string | undefined {
  try {
    return Deno.statSync(path).isDirectory ? undefined : "not a directory";
  } catch (error) {
    return reasonOf(error as Error);
  }
}

/** The operating system's words, without the call and the path that Deno puts around them. */
function reasonOf(error: Error): string {
  const reason = /^(.*?) \(os error \d+\)/.exec(error.message)?.[1] ?? error.message;
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}
