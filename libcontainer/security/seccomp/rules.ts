/**
 * A profile's rules, sorted by architecture and system call: what runc has libseccomp make of a profile.
 *
 * @module
 */
import type { LinuxSeccomp, LinuxSeccompArg } from "../../spec/seccomp.ts";
import { RuntError } from "../../error.ts";
import { encodeAction } from "./actions.ts";
import type { Architecture } from "./architectures.ts";
import { addRule, encodeConditions, type Rule } from "./conditions.ts";
import { indexNames, IPC, isIpc, MULTIPLEXED, packedNumber, SOCKETCALL } from "./syscalls.ts";

/** What becomes of a call: one action, or what its arguments decide. */
export type Verdict = number | Rule[];

/** The rules of one architecture. */
export interface ArchitectureRules {
  readonly architecture: Architecture;
  /** By packed number (see `syscalls.ts`); undefined for the default action. */
  readonly verdicts: (Verdict | undefined)[];
  /** The largest packed number that the profile names, whatever it says of it; 0 when it names none. */
  readonly newest: number;
}

/** A rule of a profile for some calls, as it stands there. */
interface ProfileRule {
  readonly action: number;
  readonly args: readonly LinuxSeccompArg[];
}

/**
 * Sorts a profile's rules.
 *
 * - Names that are unknown, or that an architecture lacks, are passed over.
 * - A rule without conditions takes the place of all others of its call; the first one stays.
 * - Several conditions on one argument are rules of their own.
 * - Rules that ask for the default action are left out.
 *
 * @throws {RuntError} where rules contradict each other
 */
export function sortRules(
  seccomp: LinuxSeccomp,
  architectures: readonly Architecture[],
): ArchitectureRules[] {
  const byDefault = encodeAction(seccomp.defaultAction, seccomp.defaultErrnoRet), places = indexNames();
  const sorted = architectures.map((architecture) => ({
    architecture,
    verdicts: [] as Verdict[],
    newest: 0,
  }));
  for (const { names, action, errnoRet, args } of seccomp.syscalls ?? []) {
    const code = encodeAction(action, errnoRet), skip = code === byDefault;
    const rules = args?.length ? splitByArgument(args).map((args) => ({ action: code, args })) : undefined;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!, place = places.get(name);
      if (place === undefined) continue;
      for (let k = 0; k < sorted.length; k++) {
        const into = sorted[k]!, { architecture, verdicts } = into;
        const number = packedNumber(architecture.table, place);
        const member = architecture.multiplexed ? MULTIPLEXED[name] : undefined;
        if (member !== undefined && !skip) {
          addMember(into, name, member, rules ?? [{ action: code, args: [] }]);
        }
        if (number === 0) continue;
        if (member === undefined && number > into.newest) into.newest = number;
        if (skip) continue;
        if (rules !== undefined) { for (const rule of rules) add(into, number, name, rule); }
        else if (typeof verdicts[number] !== "number") verdicts[number] = code;
      }
    }
  }
  return sorted;
}

/** Conditions on different arguments belong together; if any two are on the same one, each is for itself. */
function splitByArgument(args: readonly LinuxSeccompArg[]): LinuxSeccompArg[][] {
  return new Set(args.map(({ index }) => index)).size === args.length
    ? [[...args]]
    : args.map((arg) => [arg]);
}

/** A call that can be reached by `socketcall(2)` or `ipc(2)` too, whose first argument says which it is. */
function addMember(
  into: ArchitectureRules,
  name: string,
  member: number,
  rules: readonly ProfileRule[],
): void {
  const number = (isIpc(name) ? IPC : SOCKETCALL) + 1;
  const which = { index: 0, op: "SCMP_CMP_EQ", value: member } as const;
  for (const { action, args } of rules) {
    add(into, number, name, { action, args: [which, ...args.filter(({ index }) => index !== 0)] });
  }
}

function add(
  { architecture, verdicts }: ArchitectureRules,
  number: number,
  name: string,
  { action, args }: ProfileRule,
): void {
  const known = verdicts[number];
  if (typeof known === "number") return;
  const conditions = encodeConditions(args, architecture.bits);
  if (conditions.length === 0) verdicts[number] = action;
  else if (known === undefined) verdicts[number] = [{ conditions, action }];
  else if (!addRule(known, { conditions, action })) {
    throw new RuntError("invalid-config", `error adding seccomp rule for syscall ${name}: file exists`, {
      path: "linux.seccomp.syscalls",
      hint: `Two rules for ${name} ask the same of its arguments, for different actions`,
    });
  }
}
