/**
 * How a process is scheduled, on which CPUs, where its memory lies and what kernel it believes to run on: what is set
 * of a process beside its credentials and limits, for the container's first process and for those that are exec'ed.
 *
 * @module
 */
import { IOPRIO_WHO_PROCESS } from "../../ffi/constants/schedule.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { encodeSchedAttr } from "../../ffi/structs/sched_attr.ts";
import type { ProcessConfig } from "../config/config.ts";
import { maskOfList } from "../config/process_attributes.ts";

/** Bytes for more CPUs than a kernel can have; it takes from a mask those it knows. */
const ALL_CPUS = 1024;

/**
 * Sets scheduling, I/O priority, personality and memory policy, in runc's order.
 *
 * After `no_new_privs`, and while the process has its rights still: most of this is not for everybody.
 */
export function setAttributes(kernel: Kernel, process: ProcessConfig): void {
  setScheduler(kernel, process);
  setIoPriority(kernel, process);
  setPersonality(kernel, process);
  setMemoryPolicy(kernel, process);
}

/** sched_setattr(2) */
export function setScheduler(kernel: Kernel, { scheduler }: ProcessConfig): void {
  if (!scheduler) return;
  const { policy, flags, nice, priority, runtime, deadline, period } = scheduler;
  const attr = encodeSchedAttr({
    policy,
    flags,
    nice,
    priority,
    runtime: BigInt(runtime),
    deadline: BigInt(deadline),
    period: BigInt(period),
  });
  kernel.at({ step: "scheduler", path: "process.scheduler" }, () => {
    kernel.call("sched_setattr", [0, attr, 0]);
  });
}

/** ioprio_set(2) */
export function setIoPriority(kernel: Kernel, { ioPriority }: ProcessConfig): void {
  if (ioPriority === undefined) return;
  kernel.at({ step: "ioPriority", path: "process.ioPriority" }, () => {
    kernel.call("ioprio_set", [IOPRIO_WHO_PROCESS, 0, ioPriority]);
  });
}

/** personality(2) */
export function setPersonality(kernel: Kernel, { personality }: ProcessConfig): void {
  if (personality === undefined) return;
  kernel.at({ step: "personality", path: "linux.personality" }, () => {
    kernel.call("personality", [personality]);
  });
}

/** set_mempolicy(2) */
export function setMemoryPolicy(kernel: Kernel, { memoryPolicy }: ProcessConfig): void {
  if (!memoryPolicy) return;
  const { mode, nodes } = memoryPolicy;
  kernel.at({ step: "memoryPolicy", path: "linux.memoryPolicy" }, () => {
    if (nodes === undefined) return kernel.call("set_mempolicy", [mode, 0, 0]);
    const mask = maskOfList(nodes);
    // The kernel takes one bit less than it is told (set_mempolicy(2), "BUGS").
    return kernel.call("set_mempolicy", [mode, mask, 8 * mask.length + 1]);
  });
}

/**
 * The CPUs on which a process that is exec'ed begins, before it is in the container's cgroup (sched_setaffinity(2)).
 *
 * @param kernel of runt itself, before the process is made: it inherits them. One that was made in the cgroup already
 *   could not be told any others than the cgroup's
 */
export function setInitialAffinity(kernel: Kernel, { affinity }: ProcessConfig): void {
  if (affinity?.initial === undefined) return;
  const mask = maskOfList(affinity.initial);
  kernel.at({ step: "initialAffinity", path: "process.execCPUAffinity.initial" }, () => {
    kernel.call("sched_setaffinity", [0, mask.length, mask]);
  });
}

/** CPUs as a log has them, `0-2` as `0x7`. */
export function hexadecimalMask(list: string): string {
  const digits = [...maskOfList(list)].reverse().map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `0x${digits.replace(/^0+(?=.)/, "")}`;
}

/** The CPUs of a process that is exec'ed, once it is in the cgroup; all of the cgroup's, unless told. */
export function setFinalAffinity(kernel: Kernel, { affinity }: ProcessConfig): void {
  if (!affinity) return resetAffinity(kernel);
  if (affinity.final === undefined) return;
  const mask = maskOfList(affinity.final);
  kernel.at({ step: "finalAffinity", path: "process.execCPUAffinity.final" }, () => {
    kernel.call("sched_setaffinity", [0, mask.length, mask]);
  });
}

/**
 * Has the process use all CPUs of its cgroup, now and whatever they will be: which ones the caller of runt was bound
 * to is no concern of the container.
 */
export function resetAffinity(kernel: Kernel): void {
  kernel.call("sched_setaffinity", [0, ALL_CPUS, new Uint8Array(ALL_CPUS).fill(0xff)], { accept: "any" });
}
