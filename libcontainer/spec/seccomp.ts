/**
 * `linux.seccomp` of config.json: the system call filter. Names are libseccomp's.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#seccomp
 * @module
 */

import type { Uint64 } from "./integer.ts";

/** The system call filter. */
export interface LinuxSeccomp {
  /** What happens to a call that no rule matches. */
  readonly defaultAction: LinuxSeccompAction;
  /** errno, for actions that have one. Default EPERM. */
  readonly defaultErrnoRet?: number;
  /** Architectures beside the native one, such as `SCMP_ARCH_X86`. */
  readonly architectures?: readonly string[];
  /** Flags of seccomp(2). Absent is not the same as empty: runc then sets SPEC_ALLOW. */
  readonly flags?: readonly string[];
  /** UNIX socket of the agent for `SCMP_ACT_NOTIFY`. */
  readonly listenerPath?: string;
  /** Passed to the agent as it is. */
  readonly listenerMetadata?: string;
  readonly syscalls?: readonly LinuxSyscall[];
}

/** What happens to a matched call, seccomp(2). */
export type LinuxSeccompAction =
  | "SCMP_ACT_KILL"
  | "SCMP_ACT_KILL_PROCESS"
  | "SCMP_ACT_KILL_THREAD"
  | "SCMP_ACT_TRAP"
  | "SCMP_ACT_ERRNO"
  | "SCMP_ACT_TRACE"
  | "SCMP_ACT_ALLOW"
  | "SCMP_ACT_LOG"
  | "SCMP_ACT_NOTIFY";

/** A rule for some system calls. */
export interface LinuxSyscall {
  /** System calls by name; at least one. */
  readonly names: readonly string[];
  readonly action: LinuxSeccompAction;
  /** errno, for actions that have one. Default EPERM. */
  readonly errnoRet?: number;
  /** Conditions on arguments; all must hold, but for several on one argument, of which any. */
  readonly args?: readonly LinuxSeccompArg[];
}

/** A condition on one argument. */
export interface LinuxSeccompArg {
  /** Which argument, from 0. */
  readonly index: number;
  readonly value: Uint64;
  /** For `SCMP_CMP_MASKED_EQ`: what the argument, masked by `value`, must be. */
  readonly valueTwo?: Uint64;
  readonly op: LinuxSeccompOperator;
}

/** How an argument is compared. */
export type LinuxSeccompOperator =
  | "SCMP_CMP_NE"
  | "SCMP_CMP_LT"
  | "SCMP_CMP_LE"
  | "SCMP_CMP_EQ"
  | "SCMP_CMP_GE"
  | "SCMP_CMP_GT"
  | "SCMP_CMP_MASKED_EQ";
