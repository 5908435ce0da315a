/**
 * Problems in a JSON file, collected so that they are told all at once.
 *
 * @module
 */

import { RuntError } from "../error.ts";

/** One thing that is wrong in a file. */
export interface Problem {
  /** Where, such as `process.rlimits[0].type`; empty for the file as a whole. */
  readonly path: string;
  /** What, without the path and without a full stop. */
  readonly message: string;
  /** `unsupported` for what is right but cannot be done yet; default `invalid-config`. */
  readonly code?: "invalid-config" | "unsupported";
  /** What the user could do about it. */
  readonly hint?: string;
}

/**
 * One error for all problems. Its message is `path: what` for one, and a line for each under a headline for
 * several; `path`, `hint` and `code` are the first one's, but `code` is `unsupported` only if all are.
 *
 * @param problems at least one
 * @param file the file's name, for the headline
 */
export function problemsError(problems: readonly Problem[], file = "config.json"): RuntError {
  const lines = problems.map(({ path, message }) => path === "" ? message : `${path}: ${message}`);
  if (lines.length > 1) lines.unshift(`${file} has ${lines.length} problems:`);
  const { path, hint } = problems[0]!;
  const unsupported = problems.every((problem) => problem.code === "unsupported");
  return new RuntError(unsupported ? "unsupported" : "invalid-config", lines.join("\n"), {
    ...(path === "" ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * The path of a member.
 *
 * @returns `base.key`, `base[0]`, or `base["net.ipv4.ip_forward"]` where a name needs quotes
 */
export function memberPath(base: string, key: string | number): string {
  if (typeof key === "number") return `${base}[${key}]`;
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${base}[${JSON.stringify(key)}]`;
  return base === "" ? key : `${base}.${key}`;
}
