/**
 * What the new process does first, still with the host's privileges and the host's view of files.
 *
 * @module
 */
import { O_CLOEXEC, O_RDWR, O_WRONLY } from "../../ffi/constants/open.ts";
import { PR_SET_DUMPABLE } from "../../ffi/constants/prctl.ts";
import { SIG_DFL, SIG_SETMASK, SIGKILL, SIGPIPE, SIGSTOP } from "../../ffi/constants/signal.ts";
import { KILLED_ADDRESS } from "../../ffi/init_image/elf.ts";
import { AT_FDCWD, type Kernel, type Result, u64s } from "../../ffi/kernel.ts";
import { encodeSigaction, encodeSigset, SA_RESTORER } from "../../ffi/structs/sigaction.ts";
import type { Config } from "../config/config.ts";
import { execFifoPath } from "../state/exec_fifo.ts";

const ALL = 0xffffffff;
/** Standard signals; real-time ones that a caller ignores stay ignored, as under runc. */
const LAST_SIGNAL = 31;
/** SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGSEGV SIGTERM SIGSTKFLT SIGSYS: those of Go. */
const ENDING = [1, 2, 3, 4, 5, 6, 7, 8, 11, 15, 16, 31];

/**
 * Closes what the caller of runt left open, but for what the container's program gets and what is needed on the way
 * there (CVE-2024-21626, CVE-2016-9962).
 *
 * @param kept the control socket and the like; above `firstFreeFd`
 */
export function closeDescriptors(kernel: Kernel, firstFreeFd: number, kept: readonly number[]): void {
  let first = firstFreeFd;
  for (const fd of kept.toSorted((a, b) => a - b)) {
    if (fd > first) kernel.closeRange(first, fd - 1, 0);
    first = fd + 1;
  }
  kernel.closeRange(first, ALL, 0);
}

/**
 * Signals as a fresh process has them: none blocked, none ignored, not even what a caller such as nohup(1) ignored;
 * that survives `execve(2)` (`signal(7)`). What runt handles is reset by `CLONE_CLEAR_SIGHAND` already.
 *
 * @param ignored what runt's caller ignored, bit n-1 for signal n; undefined where that is not known
 */
export function resetSignals(kernel: Kernel, ignored?: bigint): void {
  const byDefault = encodeSigaction(SIG_DFL), none = encodeSigset([]);
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) {
    if (signal === SIGKILL || signal === SIGSTOP) continue;
    // Deno ignores SIGPIPE.
    const maybe = ignored === undefined || (ignored >> BigInt(signal - 1) & 1n) !== 0n;
    if (maybe || signal === SIGPIPE) kernel.rtSigaction(signal, byDefault);
  }
  kernel.rtSigprocmask(SIG_SETMASK, none);
}

/**
 * Lets signals end the process while it waits for `start`, as they end runc's init: the first process of a pid
 * namespace is not touched by signals that it has no handler for (`pid_namespaces(7)`). `execve(2)` takes them off.
 *
 * @param handler address of the handler, the image's own by default
 */
export function endOnSignals(kernel: Kernel, handler = KILLED_ADDRESS): void {
  const action = u64s(handler, SA_RESTORER, handler, 0);
  for (const signal of ENDING) kernel.rtSigaction(signal, action);
}

/** Nobody in the container may trace this process or open its files below /proc (`PR_SET_DUMPABLE(2const)`). */
export function forbidTracing(kernel: Kernel): void {
  kernel.prctl(PR_SET_DUMPABLE, 0);
}

/**
 * Whose process this is may reach it again: a user who is not root could not even look up which namespaces it is in, to
 * execute something there before it is started. Only for one that waits and has nothing of the host's open any more.
 */
export function allowTracing(kernel: Kernel): void {
  // A filter may be set already, and know nothing of it.
  kernel.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0, { accept: "any" });
}

/**
 * Opens the FIFO that `start` will write to: now, since later neither the path nor the rights may be there. Open for
 * both, so that a writer who goes away is not an end of file.
 *
 * @param survivesExec for self mode, in which another program comes before the container's
 */
export function openExecFifo(kernel: Kernel, stateDirectory: string, survivesExec: boolean): Result {
  return kernel.openat(AT_FDCWD, execFifoPath(stateDirectory), O_RDWR | (survivesExec ? 0 : O_CLOEXEC));
}

/** Writes `oom_score_adj` (`proc_pid_oom_score_adj(5)`) while the process may still lower it. */
export function setOomScore(kernel: Kernel, config: Config): void {
  const { oomScoreAdj } = config.process;
  if (oomScoreAdj === undefined) return;
  kernel.at({ step: "process", path: "process.oomScoreAdj", what: String(oomScoreAdj) }, () => {
    const file = kernel.openat(AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    kernel.write(file, String(oomScoreAdj));
    kernel.close(file);
  });
}
