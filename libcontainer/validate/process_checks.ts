/**
 * The checks of `process`, apart from the others: `exec` has no use for those.
 *
 * @module
 */
import { problemsError } from "../spec/problem.ts";
import type { Spec } from "../spec/spec.ts";
import { checkCapabilities } from "./capabilities.ts";
import type { HostFacts } from "./facts.ts";
import { fieldAt } from "./field_at.ts";
import type { Check, Issue, Report, ValidateOptions } from "./issue.ts";
import { checkProcess } from "./process.ts";
import { checkRlimits } from "./rlimits.ts";
import { checkCpuAffinity, checkIoPriority, checkScheduler } from "./scheduling.ts";
import { checkApparmorProfile, checkSelinuxLabel } from "./security_labels.ts";

/** As the list in `validate.ts`, of which this is a part. */
export const PROCESS_CHECKS: readonly (readonly [path: string, check: Check])[] = [
  ["", checkProcess],
  ["process.capabilities", checkCapabilities],
  ["process.rlimits", checkRlimits],
  ["process.apparmorProfile", checkApparmorProfile],
  ["process.selinuxLabel", checkSelinuxLabel],
  ["process.scheduler", checkScheduler],
  ["process.ioPriority", checkIoPriority],
  ["process.execCPUAffinity", checkCpuAffinity],
];

/**
 * Checks the process alone, of a spec that is to be executed in a container: the rest was checked when it was made.
 *
 * @param file where the process stands, if not in config.json
 * @returns the warnings
 * @throws {RuntError} one for all errors
 */
export function assertValidProcess(
  spec: Spec,
  facts: HostFacts,
  options: ValidateOptions = {},
  file?: string,
): Issue[] {
  const errors: Issue[] = [], warnings: Issue[] = [];
  const context = { spec, facts, options, error: into(errors), warn: into(warnings) };
  for (const [path, check] of PROCESS_CHECKS) {
    if (fieldAt(spec, path) !== undefined) check(context);
  }
  if (errors.length > 0) throw problemsError(errors, file);
  return warnings;
}

/** Takes issues down in a list. */
export function into(issues: Issue[]): Report {
  return (path, message, hint) => {
    issues.push({ code: "invalid-config", path, message, ...(hint === undefined ? {} : { hint }) });
  };
}
