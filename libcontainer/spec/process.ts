/**
 * `process` of config.json: the program to run and what it is allowed.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#process
 * @module
 */

import type { Uint64 } from "./integer.ts";

/** The container's process. `exec` reads one of these from its `--process` file too. */
export interface Process {
  /** Whether the process gets a pseudoterminal as its standard streams. Default false. */
  readonly terminal?: boolean;
  /** Size of the terminal in characters; ignored without `terminal`. */
  readonly consoleSize?: Box;
  /** Ids that the process runs under. */
  readonly user: User;
  /** Program and its arguments; the first entry is looked up as execvp(3) does. */
  readonly args?: readonly string[];
  /** For Windows only. */
  readonly commandLine?: string;
  /** Environment, as `NAME=value`. */
  readonly env?: readonly string[];
  /** Working directory, an absolute path inside the container. */
  readonly cwd: string;
  /** The capability sets. Absent: none at all. */
  readonly capabilities?: LinuxCapabilities;
  /** Resource limits, setrlimit(2). */
  readonly rlimits?: readonly PosixRlimit[];
  /** Whether `no_new_privs` is set, prctl(2). Default false. */
  readonly noNewPrivileges?: boolean;
  /** Name of the AppArmor profile to exec under. */
  readonly apparmorProfile?: string;
  /** Written to /proc/self/oom_score_adj, -1000 to 1000. Absent: left as inherited. */
  readonly oomScoreAdj?: number;
  /** Scheduling attributes, sched_setattr(2). */
  readonly scheduler?: Scheduler;
  /** SELinux label to exec under. */
  readonly selinuxLabel?: string;
  /** I/O scheduling class and priority, ioprio_set(2). */
  readonly ioPriority?: LinuxIOPriority;
  /** CPUs for processes that are exec'ed into the container; not for its first process. */
  readonly execCPUAffinity?: CPUAffinity;
}

/** Size of a terminal, in characters. */
export interface Box {
  readonly height: number;
  readonly width: number;
}

/** Ids of the process, as seen inside the container. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** umask(2). Absent: 022, as runc has it. */
  readonly umask?: number;
  /** Supplementary groups, setgroups(2). */
  readonly additionalGids?: readonly number[];
  /** For Windows only. */
  readonly username?: string;
}

/** The five capability sets of capabilities(7), by name (`CAP_CHOWN`). */
export interface LinuxCapabilities {
  readonly bounding?: readonly string[];
  readonly effective?: readonly string[];
  readonly inheritable?: readonly string[];
  readonly permitted?: readonly string[];
  readonly ambient?: readonly string[];
}

/** One resource limit, in the unit of its resource; 2^64 - 1 is no limit (`RLIM_INFINITY`). */
export interface PosixRlimit {
  /** Such as `RLIMIT_NOFILE`; getrlimit(2). */
  readonly type: string;
  /** Ceiling for `soft`; raising it needs CAP_SYS_RESOURCE. */
  readonly hard: Uint64;
  /** The limit that is enforced. */
  readonly soft: Uint64;
}

/** Scheduling attributes, sched_setattr(2). */
export interface Scheduler {
  readonly policy: LinuxSchedulerPolicy;
  /** Nice value, -20 to 19, for SCHED_OTHER and SCHED_BATCH. */
  readonly nice?: number;
  /** Static priority, 1 to 99, for SCHED_FIFO and SCHED_RR. */
  readonly priority?: number;
  readonly flags?: readonly LinuxSchedulerFlag[];
  /** Nanoseconds; SCHED_DEADLINE only. */
  readonly runtime?: Uint64;
  /** Nanoseconds; SCHED_DEADLINE only. */
  readonly deadline?: Uint64;
  /** Nanoseconds; SCHED_DEADLINE only. */
  readonly period?: Uint64;
}

/** Scheduling policies, sched(7). */
export type LinuxSchedulerPolicy =
  | "SCHED_OTHER"
  | "SCHED_FIFO"
  | "SCHED_RR"
  | "SCHED_BATCH"
  | "SCHED_ISO"
  | "SCHED_IDLE"
  | "SCHED_DEADLINE";

/** Flags of sched_setattr(2). */
export type LinuxSchedulerFlag =
  | "SCHED_FLAG_RESET_ON_FORK"
  | "SCHED_FLAG_RECLAIM"
  | "SCHED_FLAG_DL_OVERRUN"
  | "SCHED_FLAG_KEEP_POLICY"
  | "SCHED_FLAG_KEEP_PARAMS"
  | "SCHED_FLAG_UTIL_CLAMP_MIN"
  | "SCHED_FLAG_UTIL_CLAMP_MAX";

/** I/O scheduling, ioprio_set(2). */
export interface LinuxIOPriority {
  readonly class: IOPriorityClass;
  /** 0 (highest) to 7 (lowest). */
  readonly priority: number;
}

/** I/O scheduling classes, ioprio_set(2). */
export type IOPriorityClass = "IOPRIO_CLASS_RT" | "IOPRIO_CLASS_BE" | "IOPRIO_CLASS_IDLE";

/** CPUs as a list with ranges, such as `0-3,7`. */
export interface CPUAffinity {
  /** Before the process moves into the container's cgroup. */
  readonly initial?: string;
  /** After it did. */
  readonly final?: string;
}
