/**
 * Profiles for tests of the seccomp compiler: those that engines ship, and generated ones.
 *
 * @module
 */
import type {
  LinuxSeccomp,
  LinuxSeccompAction,
  LinuxSeccompArg,
  LinuxSeccompOperator,
  LinuxSyscall,
} from "../../libcontainer/spec/seccomp.ts";
import { CAPABILITY_NAMES } from "../../libcontainer/spec/capability_names.ts";

/** Where podman's package puts its default profile. */
export const PODMAN_DEFAULT = "/usr/share/containers/seccomp.json";

interface EngineRule extends LinuxSyscall {
  readonly includes?: { caps?: string[]; arches?: string[]; minKernel?: string };
  readonly excludes?: { caps?: string[]; arches?: string[]; minKernel?: string };
}

/**
 * A profile of podman or Docker as those write it into config.json on x86-64.
 *
 * @param capabilities what the container has: the profiles depend on it
 */
export function resolveProfile(text: string, capabilities: readonly string[]): LinuxSeccomp {
  const profile = JSON.parse(text), rules: EngineRule[] = profile.syscalls;
  const applies = ({ includes = {}, excludes = {} }: EngineRule) => {
    const { caps = [], arches } = includes, without = excludes.caps ?? [];
    return (!arches || arches.includes("amd64")) && caps.every((cap) => capabilities.includes(cap)) &&
      !without.some((cap) => capabilities.includes(cap)) && !excludes.arches?.includes("amd64");
  };
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: rules.filter(applies).map(({ names, action, errnoRet, args }) => ({
      names,
      action,
      ...(errnoRet === undefined ? {} : { errnoRet }),
      ...(args?.length ? { args } : {}),
    })),
  };
}

/** What podman gives a container unless told. */
export const USUAL_CAPABILITIES = [
  ...[
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
  ],
  ...["SETUID", "SYS_CHROOT"],
].map((name) => `CAP_${name}`);

/** An engine's default profile, for the usual capabilities, for none, for all, and for all but each one. */
export function engineProfiles(engine: string, text: string): [name: string, profile: LinuxSeccomp][] {
  const all = CAPABILITY_NAMES.map((name) => `CAP_${name}`);
  return [
    [`${engine}'s default`, resolveProfile(text, USUAL_CAPABILITIES)],
    [`${engine}'s without capabilities`, resolveProfile(text, [])],
    [`${engine}'s with all capabilities`, resolveProfile(text, all)],
    ...all.map((left): [string, LinuxSeccomp] => [
      `${engine}'s with all capabilities but ${left}`,
      resolveProfile(text, all.filter((one) => one !== left)),
    ]),
  ];
}

/** A source of the same numbers for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 0x100000000 * end);
  }

  /** One of a list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** True so often out of a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

const DEFAULTS: LinuxSeccompAction[] = [
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_KILL",
  "SCMP_ACT_KILL_PROCESS",
  "SCMP_ACT_LOG",
  "SCMP_ACT_TRAP",
  "SCMP_ACT_TRACE",
];
const ACTIONS: LinuxSeccompAction[] = [
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_KILL_THREAD",
  "SCMP_ACT_KILL_PROCESS",
  "SCMP_ACT_LOG",
  "SCMP_ACT_TRAP",
  "SCMP_ACT_TRACE",
  "SCMP_ACT_NOTIFY",
];
const OPERATORS = ["NE", "LT", "LE", "EQ", "EQ", "GE", "GT", "MASKED_EQ"];
const VALUES = [
  ...[0, 1, 2, 3, 5, 9, 16, 255, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x100000001, 0x300000005],
  ...[0xffffffff00000000n, 0xffffffffffffffffn, 0x7fffffffffffffffn, 0x0000ffff0000ffffn],
];
const ARCHITECTURES = [
  ...[[], ["X86_64"], ["X86_64", "X86"], ["X86_64", "X86", "X32"], ["X86", "X32"], ["X32"], ["X86"]],
  ...[["X86_64", "AARCH64", "ARM"], ["MIPSEL", "MIPSEL64", "MIPSEL64N32"], ["PPC64LE", "RISCV64", "X32"]],
];

/** How profiles are generated. */
export interface Generation {
  /** Names to take calls from. */
  readonly names: readonly string[];
  /** Whether rules of one call may ask for different actions, and so contradict each other. */
  readonly mixed: boolean;
}

/** Makes up a profile. */
export function generateProfile(random: Random, { names, mixed }: Generation): LinuxSeccomp {
  const defaultAction = random.pick(DEFAULTS), actions = new Map<string, [LinuxSeccompAction, number]>();
  const architectures = random.pick(ARCHITECTURES).map((name) => `SCMP_ARCH_${name}`);
  const pool = random.chance(30)
    ? names
    : Array.from({ length: 1 + random.below(12) }, () => random.pick(names));
  const syscalls = Array.from({ length: random.below(random.chance(20) ? 90 : 12) }, (): LinuxSyscall => {
    let action = random.pick(ACTIONS), errnoRet = random.pick([0, 1, 22, 38, 95]);
    const chosen = [...new Set(Array.from({ length: 1 + random.below(5) }, () => random.pick(pool)))];
    if (!mixed) {
      // All rules of a call have the action of its first one.
      [action, errnoRet] = actions.get(chosen[0]!) ?? [action, errnoRet];
      for (const name of chosen) if (!actions.has(name)) actions.set(name, [action, errnoRet]);
    }
    return {
      names: mixed ? chosen : chosen.filter((name) => {
        const [its, code] = actions.get(name)!;
        return its === action && code === errnoRet;
      }),
      action,
      errnoRet,
      ...(random.chance(50) ? {} : { args: generateArgs(random) }),
    };
  });
  return { defaultAction, defaultErrnoRet: random.pick([1, 38, 99]), architectures, syscalls };
}

function generateArgs(random: Random): LinuxSeccompArg[] {
  const few = random.chance(70);
  return Array.from({ length: random.chance(60) ? 1 : 1 + random.below(4) }, () => ({
    index: random.below(few ? 2 : 6),
    op: `SCMP_CMP_${random.pick(OPERATORS)}` as LinuxSeccompOperator,
    value: random.pick(VALUES),
    valueTwo: random.pick(VALUES),
  }));
}

/** Arguments around all values that a profile compares with, and far from them: some tuples of six. */
export function boundaryArguments(
  random: Random,
  args: readonly LinuxSeccompArg[],
  count: number,
): bigint[][] {
  const interesting = new Set<bigint>([0n, 1n, 0xffffffffn, 0x100000000n, 0xffffffffffffffffn]);
  for (const { value, valueTwo } of args) {
    for (const one of [BigInt(value), BigInt(valueTwo ?? 0)]) {
      for (const near of [one - 1n, one, one + 1n, one ^ 0x100000000n, one ^ 0xffffffffn, ~one]) {
        interesting.add(BigInt.asUintN(64, near));
      }
    }
  }
  const list = [...interesting];
  return Array.from({ length: count }, () => Array.from({ length: 6 }, () => random.pick(list)));
}
