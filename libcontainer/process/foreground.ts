import { PR_SET_CHILD_SUBREAPER } from "../../ffi/constants/prctl.ts";
import {
  SIGCHLD,
  SIGKILL,
  SIGPIPE,
  SIGSTOP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
} from "../../ffi/constants/signal.ts";
import { __WALL, P_ALL, P_PID, P_PIDFD, WEXITED, WNOHANG, WNOWAIT } from "../../ffi/constants/wait.ts";
import { ECHILD } from "../../ffi/errno.ts";
import { Out } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { SignalForwarding } from "../../ffi/signal_forwarding.ts";
import { decodeChildStatus, exitCodeOf, SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";

const LAST_STANDARD_SIGNAL = 31, LAST_SIGNAL = 64;
/** Those before are the C library's (`signal(7)`); runc passes on those that Go has for everybody. */
const FIRST_REAL_TIME_SIGNAL = 35;
/** Signals that are about this process: its end, its stop, its children, its terminal's size. SIGURG is Go's, in runc. */
const OWN = [SIGKILL, SIGSTOP, SIGCHLD, SIGURG, SIGWINCH];
/**
 * Where there is a terminal to read and write: what this process is told as one in the background (`tty_ioctl(4)`), and
 * that nobody is there any more who reads.
 */
const OF_TERMINAL = [SIGTTIN, SIGTTOU, SIGPIPE];

function isOwn(signal: number): boolean {
  const isReserved = signal > LAST_STANDARD_SIGNAL && signal < FIRST_REAL_TIME_SIGNAL;
  return isReserved || OWN.includes(signal);
}

/** Signals that are not passed on where there is no terminal, bit n-1 for signal n. */
export function keptSignals(): bigint {
  let mask = 0n;
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) if (isOwn(signal)) mask |= 1n << BigInt(signal - 1);
  return mask;
}

/**
 * Waits for a container's init in the foreground: signals sent to runt go on to it, orphans are reaped.
 *
 * Signals are passed on by a handler in machine code, at once and whatever JavaScript does; so this process can
 * simply block until a child ends.
 */
export class Foreground {
  readonly #native: Native;
  readonly #kernel: LocalKernel;
  #forwarding: SignalForwarding | undefined;

  /** @param options `subreaper`: orphans of the container become children of this process (`PR_SET_CHILD_SUBREAPER(2const)`) */
  constructor(native: Native, kernel: LocalKernel, { subreaper }: { readonly subreaper: boolean }) {
    this.#native = native;
    this.#kernel = kernel;
    if (subreaper) kernel.prctl(PR_SET_CHILD_SUBREAPER, 1);
  }

  /**
   * Keeps signals for the process that is to come: one that comes while a container is being set up must not end runt
   * and leave it half made.
   *
   * @param hasTerminal whether this process shows the container's terminal
   */
  keepSignals(hasTerminal = false): void {
    const signals: number[] = [], kept = hasTerminal ? OF_TERMINAL : [];
    for (let signal = 1; signal <= LAST_SIGNAL; signal++) {
      if (!isOwn(signal) && !kept.includes(signal)) signals.push(signal);
    }
    this.#forwarding ??= new SignalForwarding(this.#native, this.#kernel, signals);
  }

  /** Passes signals on to a process, and to no other any more, first those that were kept. */
  forwardTo(pidfd: number): void {
    this.#forwarding?.to(pidfd);
  }

  /**
   * Waits until the init has ended.
   *
   * @returns its exit code, or 128 and the signal that ended it
   */
  wait(pid: number, pidfd: number): number {
    for (;;) {
      const info = new Out(SIGINFO_SIZE);
      // Looked at first and reaped after: until it is reaped its pid is nobody else's.
      const seen = this.#kernel.waitid(P_ALL, 0, info, WEXITED | WNOWAIT | __WALL, { accept: [ECHILD] });
      const child = decodeChildStatus(info)?.pid;
      if (!seen.ok || child === undefined || child === pid) break;
      this.#reap(child);
    }
    const info = new Out(SIGINFO_SIZE);
    this.#kernel.waitid(P_PIDFD, pidfd, info, WEXITED | __WALL);
    return exitCodeOf(decodeChildStatus(info)!);
  }

  /** Reaps orphans that have ended so far, without waiting. The init is left alone. */
  reapOrphans(init: number): void {
    for (;;) {
      const info = new Out(SIGINFO_SIZE), options = WEXITED | WNOWAIT | WNOHANG | __WALL;
      const seen = this.#kernel.waitid(P_ALL, 0, info, options, { accept: [ECHILD] });
      const child = decodeChildStatus(info)?.pid;
      if (!seen.ok || child === undefined || child === init) break;
      this.#reap(child);
    }
  }

  #reap(child: number): void {
    this.#kernel.waitid(P_PID, child, new Out(SIGINFO_SIZE), WEXITED | __WALL, { accept: [ECHILD] });
  }
}
