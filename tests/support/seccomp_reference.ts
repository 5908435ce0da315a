/**
 * What a profile says, worked out rule by rule from the specification's words: slow, and simple enough to be right.
 *
 * @module
 */
import {
  type Architecture,
  findArchitecture,
  X32_BIT,
} from "../../libcontainer/security/seccomp/architectures.ts";
import {
  indexNames,
  IPC,
  isIpc,
  MULTIPLEXED,
  packedNumber,
  SOCKETCALL,
  unpackNumber,
} from "../../libcontainer/security/seccomp/syscalls.ts";
import type { LinuxSeccomp, LinuxSeccompArg } from "../../libcontainer/spec/seccomp.ts";
import { actionOf } from "./libseccomp.ts";

const PLACES = indexNames();

/** A call's number on an architecture, if it has one. */
export function numberOf(architecture: Architecture, name: string): number | undefined {
  const place = PLACES.get(name), packed = place === undefined ? 0 : packedNumber(architecture.table, place);
  return packed === 0 ? undefined : unpackNumber(packed) + architecture.base;
}

/** Whether a condition holds for an argument, of which 32-bit architectures have the lower half only. */
export function conditionHolds(
  { op, value, valueTwo = 0 }: LinuxSeccompArg,
  argument: bigint,
  bits: 32 | 64,
): boolean {
  const cut = (number: number | bigint) => BigInt.asUintN(bits, BigInt(number));
  const a = cut(argument), v = cut(value);
  switch (op) {
    case "SCMP_CMP_NE":
      return a !== v;
    case "SCMP_CMP_LT":
      return a < v;
    case "SCMP_CMP_LE":
      return a <= v;
    case "SCMP_CMP_EQ":
      return a === v;
    case "SCMP_CMP_GE":
      return a >= v;
    case "SCMP_CMP_GT":
      return a > v;
    case "SCMP_CMP_MASKED_EQ":
      return (a & v) === (cut(valueTwo) & v);
  }
}

interface ReferenceRule {
  readonly name: string;
  readonly action: number;
  readonly args: readonly LinuxSeccompArg[];
}

/** All rules, one for each name, and one for each condition where two are on the same argument. */
function* rulesOf(profile: LinuxSeccomp): Generator<ReferenceRule> {
  const byDefault = actionOf(profile.defaultAction, profile.defaultErrnoRet);
  for (const { names, action, errnoRet, args = [] } of profile.syscalls ?? []) {
    const code = actionOf(action, errnoRet);
    if (code === byDefault) continue;
    const together = new Set(args.map(({ index }) => index)).size === args.length;
    for (const name of names) {
      for (const list of together ? [args] : args.map((arg) => [arg])) {
        yield { name, action: code, args: list };
      }
    }
  }
}

/**
 * Finds what a call may get: one action, unless rules contradict each other.
 *
 * @param nr a number below {@linkcode X32_BIT}, or of x32 with it; not one that the profile is older than
 */
export function possibleActions(
  profile: LinuxSeccomp,
  name: string,
  nr: number,
  args: readonly bigint[],
): ReadonlySet<number> {
  const architecture = findArchitecture(name)!, { bits } = architecture;
  const found = new Set<number>();
  let unconditional: number | undefined;
  for (const rule of rulesOf(profile)) {
    const conditions = conditionsFor(architecture, rule, nr);
    if (conditions === undefined) continue;
    const live = conditions.filter(({ op, value }) => {
      return op !== "SCMP_CMP_MASKED_EQ" || BigInt.asUintN(bits, BigInt(value)) !== 0n;
    });
    if (live.length === 0) unconditional ??= rule.action;
    else if (live.every((one) => conditionHolds(one, args[one.index]!, bits))) found.add(rule.action);
  }
  if (unconditional !== undefined) return new Set([unconditional]);
  if (found.size === 0) found.add(actionOf(profile.defaultAction, profile.defaultErrnoRet));
  return found;
}

/** A rule's conditions for a number; undefined when it is not about that one. */
function conditionsFor(
  architecture: Architecture,
  { name, args }: ReferenceRule,
  nr: number,
): readonly LinuxSeccompArg[] | undefined {
  if (numberOf(architecture, name) === nr) return args;
  const member = architecture.multiplexed ? MULTIPLEXED[name] : undefined;
  if (member === undefined || nr !== (isIpc(name) ? IPC : SOCKETCALL) + architecture.base) return undefined;
  return [{ index: 0, op: "SCMP_CMP_EQ", value: member }, ...args.filter(({ index }) => index !== 0)];
}

/** The architecture, by its name in the specification, of a number under an `AUDIT_ARCH`. */
export function nameOf(audit: number, nr: number): string | undefined {
  const name = NAMES_BY_AUDIT[audit];
  return name === "X86_64" && nr & X32_BIT ? "SCMP_ARCH_X32" : name && `SCMP_ARCH_${name}`;
}

/** Little-endian architectures, which filters of x86-64 can be for. */
export const NAMES_BY_AUDIT: Readonly<Record<number, string>> = {
  0xc000003e: "X86_64",
  0x40000003: "X86",
  0x40000028: "ARM",
  0xc00000b7: "AARCH64",
  0x40000008: "MIPSEL",
  0xc0000008: "MIPSEL64",
  0xe0000008: "MIPSEL64N32",
  0xc0000015: "PPC64LE",
  0xc00000f3: "RISCV64",
};
