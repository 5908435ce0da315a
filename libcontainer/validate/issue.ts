/**
 * What a check of config.json finds.
 *
 * @module
 */

import type { Problem } from "../spec/problem.ts";
import type { Spec } from "../spec/spec.ts";
import type { HostFacts } from "./facts.ts";

/** One problem in config.json: wrong by the spec or on this host, or right but not possible yet. */
export interface Issue extends Problem {
  readonly code: "invalid-config" | "unsupported";
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

/** Takes down an issue. */
export type Report = (path: string, message: string, hint?: string) => void;

/** What a check works on. */
export interface CheckContext {
  readonly spec: Spec;
  readonly facts: HostFacts;
  readonly options: ValidateOptions;
  /** Takes down what makes the config unusable. */
  readonly error: Report;
  /** Takes down what is odd, deprecated or ignored; it is logged and the container is made all the same. */
  readonly warn: Report;
}

/** A family of rules. It changes nothing and reports all that it finds. */
export type Check = (context: CheckContext) => void;
