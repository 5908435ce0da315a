/**
 * Whether a config can be carried out: the list of checks, and what they find, all at once.
 *
 * @module
 */

import { readSpec } from "../spec/load.ts";
import { type Problem, problemsError } from "../spec/problem.ts";
import type { Spec } from "../spec/spec.ts";
import { checkDeviceRules, checkDevices } from "./devices.ts";
import type { HostFacts } from "./facts.ts";
import { fieldAt } from "./field_at.ts";
import { checkMaskedPaths, checkReadonlyPaths } from "./hidden_paths.ts";
import { checkHooks } from "./hooks.ts";
import { checkIdMappings } from "./id_mappings.ts";
import { checkIntelRdt } from "./intel_rdt.ts";
import type { Check, Issue, ValidateOptions } from "./issue.ts";
import { checkMemoryPolicy } from "./memory_policy.ts";
import { checkBlockIO, checkHugepageLimits, checkUnified } from "./more_resources.ts";
import { checkMounts, checkRootfsPropagation } from "./mounts.ts";
import { checkDomainname, checkHostname } from "./names.ts";
import { checkMountNamespace, checkNamespaces } from "./namespaces.ts";
import { checkNetDevices } from "./net_devices.ts";
import { checkPersonality } from "./personality.ts";
import { checkCgroupsPath, checkCpu, checkMemory } from "./resources.ts";
import { into, PROCESS_CHECKS } from "./process_checks.ts";
import { checkRoot } from "./root.ts";
import { checkSeccomp } from "./seccomp.ts";
import { checkSysctl } from "./sysctl.ts";
import { checkTimeOffsets } from "./time_offsets.ts";
import { checkVersion } from "./version.ts";

/**
 * The checks, each with the path of what it is about: it runs only where that is present, so that a config pays
 * for what it has. In the order of config.json as runc writes it: the first problem told is the first in the file.
 */
const CHECKS: readonly (readonly [path: string, check: Check])[] = [
  ["ociVersion", checkVersion],
  ...PROCESS_CHECKS,
  ["", checkRoot],
  ["mounts", checkMounts],
  ["hooks", checkHooks],
  ["", checkIdMappings],
  ["linux.sysctl", checkSysctl],
  ["linux.devices", checkDevices],
  ["linux.resources.devices", checkDeviceRules],
  ["linux.resources.memory", checkMemory],
  ["linux.resources.cpu", checkCpu],
  ["linux.resources.blockIO", checkBlockIO],
  ["linux.resources.hugepageLimits", checkHugepageLimits],
  ["linux.resources.unified", checkUnified],
  ["linux.cgroupsPath", checkCgroupsPath],
  ["linux.namespaces", checkNamespaces],
  ["", checkMountNamespace],
  ["linux.timeOffsets", checkTimeOffsets],
  ["hostname", checkHostname],
  ["domainname", checkDomainname],
  ["linux.maskedPaths", checkMaskedPaths],
  ["linux.readonlyPaths", checkReadonlyPaths],
  ["linux.seccomp", checkSeccomp],
  ["linux.rootfsPropagation", checkRootfsPropagation],
  ["linux.netDevices", checkNetDevices],
  ["linux.intelRdt", checkIntelRdt],
  ["linux.memoryPolicy", checkMemoryPolicy],
  ["linux.personality", checkPersonality],
];

/** What the checks found. */
export interface Findings {
  /** What makes the config unusable. */
  readonly errors: Issue[];
  /** What is odd, deprecated or ignored, to be logged. */
  readonly warnings: Issue[];
}

/**
 * Looks for everything that is wrong with a config. Nothing is touched.
 *
 * @param spec what `loadSpec` gave
 * @param facts facts of this host; each is read only where the config makes it matter
 */
export function validateSpec(spec: Spec, facts: HostFacts, options: ValidateOptions = {}): Findings {
  const errors: Issue[] = [], warnings: Issue[] = [];
  const context = { spec, facts, options, error: into(errors), warn: into(warnings) };
  for (const [path, check] of CHECKS) if (fieldAt(spec, path) !== undefined) check(context);
  return { errors, warnings };
}

/**
 * As {@linkcode validateSpec}, for those who go on only if nothing is wrong.
 *
 * @returns the warnings
 * @throws {RuntError} one for all errors: `unsupported` when that is all, else `invalid-config`
 */
export function assertValid(spec: Spec, facts: HostFacts, options: ValidateOptions = {}): Issue[] {
  const { errors, warnings } = validateSpec(spec, facts, options);
  if (errors.length > 0) throw problemsError(errors);
  return warnings;
}

/**
 * Reads and checks a bundle's config.json, telling wrong types and broken rules together.
 *
 * @param bundleDir the bundle
 * @throws {RuntError} when the file cannot be read, is not JSON, or anything in it is wrong
 */
export function loadValidSpec(
  bundleDir: string,
  facts: HostFacts,
  options: ValidateOptions = {},
): { readonly spec: Spec; readonly warnings: Issue[] } {
  const { value: spec, problems } = readSpec(bundleDir);
  const { errors, warnings } = validateSpec(spec, facts, options);
  const all: Problem[] = [...problems, ...errors.filter((error) => !followsFrom(error, problems))];
  if (all.length > 0) throw problemsError(all);
  return { spec, warnings };
}

/**
 * Whether an error may be there only because a value of a wrong type counts as absent: it is at the same place,
 * or namespaces, which most rules look at, are what could not be read.
 */
function followsFrom(error: Issue, problems: readonly Problem[]): boolean {
  return problems.some(({ path }) =>
    path.startsWith(error.path) || error.path.startsWith(path) || path === "linux" ||
    path.startsWith("linux.namespaces")
  );
}
