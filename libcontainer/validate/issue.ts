/**
 * What a check of config.json finds.
 *
 * @module
 */

import type { Spec } from "../spec/spec.ts";
import type { HostFacts } from "./facts.ts";

/** One problem in config.json. */
export interface Issue {
  /** `invalid-config`: wrong by the spec or on this host; `unsupported`: right, but runt cannot do it yet. */
  readonly code: "invalid-config" | "unsupported";
  /** Where, such as `process.rlimits[0].type`. */
  readonly path: string;
  /** What is wrong, without the path, no full stop; runc's words where it has some. */
  readonly message: string;
  /** What the user could do about it. */
  readonly hint?: string;
}

/** What beside the file decides whether a config is good. */
export interface ValidateOptions {
  /** `--no-pivot` was given. */
  readonly noPivot?: boolean;
  /** `--systemd-cgroup` was given. */
  readonly systemdCgroup?: boolean;
  /** runt's effective user id is not 0. */
  readonly rootless?: boolean;
}

/** A family of rules: pure, all problems at once. */
export type Check = (spec: Spec, facts: HostFacts, options: ValidateOptions) => Issue[];
