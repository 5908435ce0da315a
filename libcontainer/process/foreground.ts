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
import { forwardSignals } from "../../ffi/signal_forwarding.ts";
import { exitCode } from "./wait.ts";

const SI_PID = 16;
/** Signals of faults of this process itself (`signal(7)`); V8 handles some of them. */
const FAULTS = [4, 5, 6, 7, 8, 11, 31];
const LAST_SIGNAL = 31;
/** Signals that are about this process: its end, its stop, its children, its terminal's size. SIGURG is Go's, in runc. */
const OWN = [SIGKILL, SIGSTOP, SIGCHLD, SIGURG, SIGWINCH];
/**
 * Where there is a terminal to read and write: what this process is told as one in the background (`tty_ioctl(4)`), and
 * that nobody is there any more who reads.
 */
const OF_TERMINAL = [SIGTTIN, SIGTTOU, SIGPIPE];

/**
 * Waits for a container's init in the foreground: signals sent to runt go on to it, orphans are reaped.
 *
 * Signals are passed on by a handler in machine code, at once and whatever JavaScript does; so this process can
 * simply block until a child ends.
 */
export class Foreground implements Disposable {
  readonly #native: Native;
  readonly #kernel: LocalKernel;
  #forwarding: Disposable | undefined;

  /** @param options `subreaper`: orphans of the container become children of this process (`PR_SET_CHILD_SUBREAPER(2const)`) */
  constructor(native: Native, kernel: LocalKernel, { subreaper }: { readonly subreaper: boolean }) {
    this.#native = native;
    this.#kernel = kernel;
    if (subreaper) kernel.prctl(PR_SET_CHILD_SUBREAPER, 1);
  }

  /**
   * Passes signals on to a process, and to no other any more. From the moment that it is there: a signal that comes
   * while the container is being set up must not end runt and leave the container.
   *
   * @param hasTerminal whether this process shows the container's terminal
   */
  forwardTo(pidfd: number, hasTerminal = false): void {
    this.#forwarding?.[Symbol.dispose]();
    const signals: number[] = [], kept = [...OWN, ...FAULTS, ...(hasTerminal ? OF_TERMINAL : [])];
    for (let signal = 1; signal <= LAST_SIGNAL; signal++) if (!kept.includes(signal)) signals.push(signal);
    this.#forwarding = forwardSignals(this.#native, this.#kernel, pidfd, signals);
  }

  /**
   * Waits until the init has ended.
   *
   * @returns its exit code, or 128 and the signal that ended it
   */
  wait(pid: number, pidfd: number): number {
    for (;;) {
      const info = new Out(128);
      // Looked at first and reaped after: until it is reaped its pid is nobody else's.
      const seen = this.#kernel.waitid(P_ALL, 0, info, WEXITED | WNOWAIT | __WALL, { accept: [ECHILD] });
      const child = info.view.getInt32(SI_PID, true);
      if (!seen.ok || child === pid) break;
      this.#reap(child);
    }
    const info = new Out(128);
    this.#kernel.waitid(P_PIDFD, pidfd, info, WEXITED | __WALL);
    return exitCode(info);
  }

  /** Reaps orphans that have ended so far, without waiting. The init is left alone. */
  reapOrphans(init: number): void {
    for (;;) {
      const info = new Out(128), options = WEXITED | WNOWAIT | WNOHANG | __WALL;
      const seen = this.#kernel.waitid(P_ALL, 0, info, options, { accept: [ECHILD] });
      const child = info.view.getInt32(SI_PID, true);
      if (!seen.ok || child === 0 || child === init) break;
      this.#reap(child);
    }
  }

  #reap(child: number): void {
    this.#kernel.waitid(P_PID, child, new Out(128), WEXITED | __WALL, { accept: [ECHILD] });
  }

  /** Signals end this process again. */
  [Symbol.dispose](): void {
    this.#forwarding?.[Symbol.dispose]();
    this.#forwarding = undefined;
  }
}
