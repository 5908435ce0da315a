/**
 * A good config and a host for unit tests of the checks, and what changes them.
 *
 * @module
 */

import { exampleSpec } from "../../libcontainer/spec/example.ts";
import type { Spec } from "../../libcontainer/spec/mod.ts";
import type { Check, ValidateOptions } from "../../libcontainer/validate/issue.ts";
import { type HostFacts, validateSpec } from "../../libcontainer/validate/mod.ts";

/** Values by path, such as `{ "process.user.uid": 5, "linux.namespaces[2]": undefined }`; undefined removes. */
export type Changes = Readonly<Record<string, unknown>>;

/** A host that has everything usual: cgroup v1 and v2 beside it, no security modules, no RDT. */
export function hostFacts(facts: Partial<HostFacts> = {}): HostFacts {
  return {
    cgroupMode: "hybrid",
    lastCap: 40,
    apparmorEnabled: false,
    selinuxEnabled: false,
    intelRdt: undefined,
    hasNamespace: () => true,
    isOwnNamespace: () => false,
    ...facts,
  };
}

/** What `runt spec` writes, without a terminal and with changes. */
export function changedSpec(changes: Changes = {}): Spec {
  const spec = structuredClone(exampleSpec({ unified: false }));
  setField(spec, "process.terminal", false);
  for (const path in changes) setField(spec, path, changes[path]);
  return spec;
}

/** Sets a field at a path, making objects and arrays on the way; undefined removes it. */
export function setField(object: object, path: string, value: unknown): void {
  const keys = [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? quoted ?? name! : Number(index)
  );
  // deno-lint-ignore no-explicit-any -- tests write what no type allows
  let at: any = object;
  for (let i = 0; i < keys.length - 1; i++) at = at[keys[i]!] ??= typeof keys[i + 1] === "number" ? [] : {};
  if (value === undefined) delete at[keys.at(-1)!];
  else at[keys.at(-1)!] = value;
}

/** What the list of checks says to a changed config, as `path: message`. */
export function errorsOf(
  changes: Changes,
  facts: Partial<HostFacts> = {},
  options: ValidateOptions = {},
): string[] {
  return validateSpec(changedSpec(changes), hostFacts(facts), options).errors.map(lineOf);
}

/** As {@linkcode errorsOf}, for warnings. */
export function warningsOf(changes: Changes, facts: Partial<HostFacts> = {}): string[] {
  return validateSpec(changedSpec(changes), hostFacts(facts)).warnings.map(lineOf);
}

/** What one check says, errors first, warnings marked. */
export function findingsOf(
  check: Check,
  changes: Changes,
  facts: Partial<HostFacts> = {},
  options: ValidateOptions = {},
): string[] {
  const errors: string[] = [], warnings: string[] = [];
  check({
    spec: changedSpec(changes),
    facts: hostFacts(facts),
    options,
    error: (path, message) => errors.push(lineOf({ path, message })),
    warn: (path, message) => warnings.push(`warning: ${lineOf({ path, message })}`),
  });
  return [...errors, ...warnings];
}

function lineOf({ path, message }: { path: string; message: string }): string {
  return `${path}: ${message}`;
}
