/**
 * The compiler: a profile (`linux.seccomp`) to a filter of classic BPF. A filter looks like this:
 *
 * ```
 *  load architecture ─▶ x86-64? ─▶ load number ─▶ tree of ranges ─┬─▶ return an action
 *          │                                                      └─▶ look at arguments ─▶ return an action
 *          ├──────────▶ x86?    ─▶ …
 *          └──────────▶ return: kill
 * ```
 *
 * It does what the filter does that runc has libseccomp make, in fewer steps.
 *
 * @module
 */
import {
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_NEW_LISTENER,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
} from "../../../ffi/constants/seccomp.ts";
import { SECCOMP_DATA } from "../../../ffi/structs/sock_filter.ts";
import type { SeccompConfig } from "../../config/config.ts";
import { RuntError } from "../../error.ts";
import type { LinuxSeccomp } from "../../spec/seccomp.ts";
import { BAD_ARCHITECTURE, encodeAction, isPermissive } from "./actions.ts";
import { type Architecture, findArchitecture } from "./architectures.ts";
import { writeRules } from "./argument_program.ts";
import { writeTree } from "./number_tree.ts";
import { BPF_MAXINSNS, JEQ, type Label, Program } from "./program.ts";
import { type Defaults, findRanges, type Range } from "./ranges.ts";
import { sortRules, type Verdict } from "./rules.ts";
import { weigh } from "./weights.ts";

/** The architecture of the machine that runt runs on. */
const NATIVE = `SCMP_ARCH_${Deno.build.arch.toUpperCase()}`;

const FLAGS: Readonly<Record<string, number>> = {
  // runc sets its filters on all threads anyway, of which there is one.
  SECCOMP_FILTER_FLAG_TSYNC: 0,
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
};

/**
 * Compiles a profile that has passed validation.
 *
 * @param native the specification's name of the machine's architecture, for which a filter always is
 * @throws {RuntError} for what the kernel would not take, and for rules that contradict each other
 */
export function compileSeccomp(seccomp: LinuxSeccomp, native = NATIVE): SeccompConfig {
  const { syscalls = [], listenerPath, listenerMetadata } = seccomp;
  const flags = (seccomp.flags ?? ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"]).reduce(
    (all, name) => all | FLAGS[name]!,
    0,
  );
  const notifies = syscalls.some(({ action }) => action === "SCMP_ACT_NOTIFY");
  if (flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV && !notifies) {
    throw new RuntError("invalid-config", "error loading seccomp filter: invalid argument", {
      path: "linux.seccomp.flags",
      hint: "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is for profiles with SCMP_ACT_NOTIFY",
    });
  }
  return {
    program: compileProgram(seccomp, findArchitectures(seccomp.architectures ?? [], native)),
    flags: notifies ? flags | SECCOMP_FILTER_FLAG_NEW_LISTENER : flags,
    ...(notifies && listenerPath ? { listenerPath, listenerMetadata: listenerMetadata ?? "" } : {}),
  };
}

function findArchitectures(names: readonly string[], native: string): Architecture[] {
  const own = findArchitecture(native);
  if (own === undefined) throw new RuntError("unsupported", `seccomp is not supported on ${native}`);
  const found = [own];
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!, architecture = findArchitecture(name);
    if (name === native || names.indexOf(name) < i || architecture === undefined) continue;
    if (architecture.bigEndian !== own.bigEndian) {
      throw new RuntError(
        "invalid-config",
        "error adding architecture to seccomp filter: numerical argument out of domain",
        {
          path: `linux.seccomp.architectures[${i}]`,
          hint: `${name} has another byte order than this machine`,
        },
      );
    }
    found.push(architecture);
  }
  return found;
}

function compileProgram(seccomp: LinuxSeccomp, architectures: readonly Architecture[]): number[] {
  const defaults: Defaults = {
    action: encodeAction(seccomp.defaultAction, seccomp.defaultErrnoRet),
    hidesNewer: !isPermissive(seccomp.defaultAction),
  };
  const sorted = sortRules(seccomp, architectures), program = new Program();
  // The native one comes last, which brings it to the front.
  const audits = [...new Set(architectures.map(({ audit }) => audit))].reverse();
  const starts = audits.map((audit) => {
    const group = sorted.filter(({ architecture }) => architecture.audit === audit);
    return { audit, start: writeArchitecture(program, findRanges(group, defaults), defaults) };
  });
  let otherwise = program.ret(BAD_ARCHITECTURE);
  for (const { audit, start } of starts) otherwise = program.jump(JEQ, audit, start, otherwise);
  program.load(SECCOMP_DATA.arch);
  if (program.length > BPF_MAXINSNS) {
    throw new RuntError("invalid-config", "error loading seccomp filter: invalid argument", {
      path: "linux.seccomp",
      hint: `The filter has ${program.length} instructions, of which the kernel takes ${BPF_MAXINSNS}`,
    });
  }
  return program.words();
}

function writeArchitecture(program: Program, ranges: readonly Range[], defaults: Defaults): Label {
  const labels = new Map<Verdict, Label>();
  for (const { verdict, rules } of ranges) {
    if (typeof verdict !== "number") {
      labels.set(verdict, writeRules(program, rules.architecture, verdict, defaults.action));
    }
  }
  const labelOf = (verdict: Verdict) =>
    typeof verdict === "number" ? program.ret(verdict) : labels.get(verdict)!;
  if (ranges.length === 1) return labelOf(ranges[0]!.verdict);
  writeTree(program, weigh(ranges), labelOf);
  return program.load(SECCOMP_DATA.nr);
}
