/**
 * How a process is scheduled and where its memory lies: names of the spec as the kernel's numbers. Every name was
 * checked before.
 *
 * @module
 */
import {
  MPOL_BIND,
  MPOL_DEFAULT,
  MPOL_F_NUMA_BALANCING,
  MPOL_F_RELATIVE_NODES,
  MPOL_F_STATIC_NODES,
  MPOL_INTERLEAVE,
  MPOL_LOCAL,
  MPOL_PREFERRED,
  MPOL_PREFERRED_MANY,
  MPOL_WEIGHTED_INTERLEAVE,
} from "../../ffi/constants/memory_policy.ts";
import { PER_LINUX, PER_LINUX32 } from "../../ffi/constants/personality.ts";
import { IOPRIO_CLASS_SHIFT } from "../../ffi/constants/schedule.ts";
import type { LinuxMemoryPolicy, LinuxPersonality } from "../spec/linux.ts";
import type { CPUAffinity, LinuxIOPriority, Scheduler } from "../spec/process.ts";
import type { AffinityConfig, MemoryPolicyConfig, SchedulerConfig } from "./config.ts";

/** In the order of their numbers, from 0 on. ISO is a number that no kernel has given a meaning yet. */
const POLICIES = ["OTHER", "FIFO", "RR", "BATCH", "ISO", "IDLE", "DEADLINE"];
/** In the order of their bits. */
const FLAGS = [
  "RESET_ON_FORK",
  "RECLAIM",
  "DL_OVERRUN",
  "KEEP_POLICY",
  "KEEP_PARAMS",
  "UTIL_CLAMP_MIN",
  "UTIL_CLAMP_MAX",
];
/** In the order of their numbers; 0 is no class. */
const CLASSES = ["NONE", "RT", "BE", "IDLE"];

/** `process.scheduler` for sched_setattr(2). */
export function schedulerConfig(scheduler: Scheduler): SchedulerConfig {
  const { policy, flags = [], nice = 0, priority = 0, runtime = 0, deadline = 0, period = 0 } = scheduler;
  return {
    policy: POLICIES.indexOf(policy.slice("SCHED_".length)),
    flags: flags.reduce((all, flag) => all | 1 << FLAGS.indexOf(flag.slice("SCHED_FLAG_".length)), 0),
    nice,
    priority,
    runtime: String(runtime),
    deadline: String(deadline),
    period: String(period),
  };
}

/** `process.ioPriority` as one number for ioprio_set(2). */
export function ioPriority({ class: name, priority }: LinuxIOPriority): number {
  return CLASSES.indexOf(name.slice("IOPRIO_CLASS_".length)) << IOPRIO_CLASS_SHIFT | priority;
}

/** `process.execCPUAffinity`; undefined when it asks for nothing. */
export function affinityConfig({ initial, final }: CPUAffinity): AffinityConfig | undefined {
  return initial || final ? { initial: initial || undefined, final: final || undefined } : undefined;
}

/** `linux.personality` for personality(2). */
export function personality({ domain }: LinuxPersonality): number {
  return domain === "LINUX32" ? PER_LINUX32 : PER_LINUX;
}

/** The modes by name, in the names' order. */
function modes() {
  return {
    MPOL_BIND,
    MPOL_DEFAULT,
    MPOL_INTERLEAVE,
    MPOL_LOCAL,
    MPOL_PREFERRED,
    MPOL_PREFERRED_MANY,
    MPOL_WEIGHTED_INTERLEAVE,
  };
}

/** The flags by name, in the names' order. */
function modeFlags() {
  return { MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES };
}

/** `linux.memoryPolicy` for set_mempolicy(2). */
export function memoryPolicyConfig({ mode, nodes, flags = [] }: LinuxMemoryPolicy): MemoryPolicyConfig {
  const bits = modeFlags();
  return { mode: flags.reduce((all, flag) => all | bits[flag], modes()[mode]), nodes: nodes || undefined };
}

/** The names that {@linkcode memoryPolicyConfig} knows, in order. */
export function knownMemoryPolicies(): { modes: string[]; flags: string[] } {
  return { modes: Object.keys(modes()), flags: Object.keys(modeFlags()) };
}

/**
 * A list of CPUs or memory nodes such as `0-3,7` as a mask of 64-bit words, bit by number.
 *
 * @param list checked before
 */
export function maskOfList(list: string): Uint8Array<ArrayBuffer> {
  const ranges = list.split(",").map((range) => range.trim()).filter(Boolean).map((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return [first!, last!] as const;
  });
  const highest = Math.max(...ranges.map(([, last]) => last));
  const mask = new Uint8Array(8 * (Math.floor(highest / 64) + 1));
  for (const [first, last] of ranges) {
    // Little-endian words: byte by byte the same as one long row of bits.
    for (let bit = first; bit <= last; bit++) mask[bit >> 3]! |= 1 << (bit & 7);
  }
  return mask;
}
