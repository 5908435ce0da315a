import { CLOSE_RANGE_CLOEXEC, F_SETFD, FD_CLOEXEC } from "../../ffi/constants/fcntl.ts";
import {
  E2BIG,
  EACCES,
  EAGAIN,
  ELOOP,
  ENOENT,
  ENOEXEC,
  ENOMEM,
  ENOSYS,
  EPERM,
  ETXTBSY,
} from "../../ffi/errno.ts";
import { type Kernel, Out, type Result, u64s } from "../../ffi/kernel.ts";
import type { Config, SeccompConfig } from "../config/config.ts";
import { textOfErrno } from "../errno_text.ts";
import { allowTracing } from "./first_steps.ts";
import { needsFilterLate, queueFilter } from "./seccomp.ts";

const ALL = 0xffffffff;
const STDERR = 2;
/** What runc's init leaves with when the program cannot be executed. */
const EXEC_FAILED = 255;

/** What the program is called, given and surrounded with. */
export interface Program {
  /** Where `queueLookPath()` found it. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** The filter that is set last of all; undefined when it is set already, or there is none. */
  readonly seccomp?: SeccompConfig;
  /** All that is open beside the program's descriptors, where a filter that is set already may forbid to ask. */
  readonly left?: readonly number[];
}

/**
 * The errnos of `execve(2)` that are told by name: those that a look-up does not foresee. EPERM is a seccomp profile's,
 * EAGAIN comes of RLIMIT_NPROC, ELOOP of scripts that are each other's interpreters.
 */
const REASONS: readonly number[] = [
  ...[ENOENT, ENOEXEC, EACCES, EPERM, E2BIG, EAGAIN, ENOMEM, ETXTBSY, ELOOP],
];

/**
 * Lets a user who is not root execute something in the container while it waits for `start`: to join its namespaces
 * takes what tracing its process does (`setns(2)`).
 */
export function letUserIn(kernel: Kernel, config: Config): void {
  // Where the filter is still to be set, what is executed there could keep that from happening; where an agent has its
  // descriptor, it was set last and this done before.
  if (config.seccomp && needsFilterLate(config)) return;
  allowTracing(kernel);
}

/**
 * The last operations: those that need nobody, since runt may be gone.
 *
 * ```
 *  [wait for one byte from start] → [hooks] → close all other descriptors → [seccomp] → execve
 *                                                                             → (say why not, exit 255)
 * ```
 *
 * @param fifo the FIFO to wait for; undefined to go on at once
 * @param beforeExec queues what comes between the two: startContainer hooks
 * @param control closed before waiting, which tells runt that the container is created; undefined in self mode
 */
export function queueTail(
  kernel: Kernel,
  program: Program,
  firstFreeFd: number,
  fifo: Result | number | undefined,
  control: number | undefined,
  beforeExec?: (program: Program) => void,
): void {
  if (fifo !== undefined) {
    if (control !== undefined) kernel.close(control);
    kernel.at({ step: "start" }, () => kernel.read(fifo, new Out(1)));
  }
  beforeExec?.(program);
  // Not before: who started the container waits for its end, to return when the hooks are done.
  if (fifo !== undefined) kernel.close(fifo);
  // The control socket stays until the program is executed, which tells runt that it was; of all else nothing may be
  // there for the program's path to lead through.
  const keepsControl = fifo === undefined && control !== undefined;
  closeRest(kernel, program, firstFreeFd, keepsControl);
  // Whatever comes after this must be allowed by the filter: execve(2), and what tells of its failure.
  if (program.seccomp) queueFilter(kernel, program.seccomp);
  const exec = kernel.at(
    { step: "exec", path: "process.args[0]", what: JSON.stringify(program.file) },
    () => {
      return kernel.execve(program.file, program.args, program.env, { accept: "any" });
    },
  );
  // Only a failed exec comes here. A batch must choose the text over there: nobody may be left here to choose it.
  if (exec.raw === undefined) queueExcuse(kernel, program.file, exec);
  else leave(kernel, program.file, reasonOf(exec.errno));
}

/**
 * The last operations of a process that runt waits for, and that has nothing to wait for: a failed exec is told to
 * runt, which knows better where to say so.
 */
export function queueExec(kernel: Kernel, program: Program, firstFreeFd: number): void {
  closeRest(kernel, program, firstFreeFd, true);
  if (program.seccomp) queueFilter(kernel, program.seccomp);
  kernel.at({ step: "exec", what: program.file }, () => {
    kernel.execve(program.file, program.args, program.env);
  });
}

function closeRest(kernel: Kernel, { left }: Program, firstFreeFd: number, onExec: boolean): void {
  const accept = left ? [ENOSYS, EPERM] : [];
  const closed = kernel.closeRange(firstFreeFd, ALL, onExec ? CLOSE_RANGE_CLOEXEC : 0, { accept });
  if (!left) return;
  kernel.when(closed, "failed", () => {
    for (const fd of left) {
      if (onExec) kernel.fcntl(fd, F_SETFD, FD_CLOEXEC, { accept: "any" });
      else kernel.close(fd, { accept: "any" });
    }
  });
}

function queueExcuse(kernel: Kernel, file: string, exec: Result): void {
  const result = new Out(8);
  kernel.call("copy", [result, exec, 8]);
  for (const errno of REASONS) {
    const differs = kernel.call("compare", [result, u64s(-errno), 8]);
    kernel.when(differs, "zero", () => leave(kernel, file, reasonOf(errno)));
  }
  leave(kernel, file, reasonOf(0));
}

function reasonOf(errno: number): string {
  return REASONS.includes(errno) ? textOfErrno(errno) : "failed";
}

function leave(kernel: Kernel, file: string, reason: string): void {
  kernel.write(STDERR, `exec ${file}: ${reason}\n`, { accept: "any" });
  kernel.exitGroup(EXEC_FAILED);
}
