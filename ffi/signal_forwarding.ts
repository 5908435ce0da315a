import { SIG_UNBLOCK } from "./constants/signal.ts";
import { ESRCH } from "./errno.ts";
import { fromHex } from "./init_image/elf.ts";
import { u64s } from "./kernel.ts";
import type { LocalKernel } from "./local.ts";
import type { Native } from "./native.ts";
import { encodeSigset, SA_RESTORER, SIGACTION_SIZE } from "./structs/sigaction.ts";

const SA_SIGINFO = 4, SA_RESTART = 0x10000000;
const SIGSET_SIZE = 8;
/** The handler's two words, at the very end of the arena, where no call's arguments reach. */
const WORDS_SIZE = 16;

/**
 * Has signals to this process passed on to another, by a handler in machine code. It runs on whatever thread the
 * signal lands, makes one system call and touches nothing else, so it needs no JavaScript and disturbs none. A fault of
 * this process is not passed on.
 *
 * As long as there is no such process, signals are kept for it; the second of a kind is then lost, as in the kernel.
 *
 * It lasts as long as this process does, which ends with the other: undoing it would be sixty system calls for nothing.
 */
export class SignalForwarding {
  readonly #kernel: LocalKernel;
  readonly #words: Int32Array<ArrayBuffer>;

  /** @param signals which */
  constructor(native: Native, kernel: LocalKernel, signals: readonly number[]) {
    const { arena, arenaAddress, code: { forward, forwardWordsOffset, restoreOffset } } = native;
    const at = arena.length - WORDS_SIZE, routine = fromHex(forward);
    this.#kernel = kernel;
    this.#words = new Int32Array(arena.buffer, arena.byteOffset + at, WORDS_SIZE / 4);
    this.#words.set([-1, -1, 0, 0]);
    new DataView(routine.buffer).setBigUint64(forwardWordsOffset, BigInt(arenaAddress + at), true);
    handleSignals(native, kernel, routine, restoreOffset, signals);
  }

  /**
   * Names the process, or another one.
   *
   * @param pidfd must stay open
   */
  to(pidfd: number): void {
    const words = this.#words;
    words[0] = pidfd;
    for (const at of [2, 3]) {
      const kept = Atomics.exchange(words, at, 0);
      for (let bit = 0; bit < 32; bit++) {
        const signal = 32 * (at - 2) + bit + 1;
        if (kept >>> bit & 1) this.#kernel.pidfdSendSignal(pidfd, signal, { accept: [ESRCH] });
      }
    }
  }
}

/**
 * Has a byte written to a descriptor for each signal of some kinds to this process, by a handler in machine code: a
 * loop around poll(2) learns of signals so.
 *
 * @param fd where the byte goes; must not block, and stay open until the disposal
 * @param signals which
 */
export function noticeSignals(
  native: Native,
  kernel: LocalKernel,
  fd: number,
  signals: readonly number[],
): Disposable {
  const { notify, notifyFdOffset, notifyRestoreOffset } = native.code, routine = fromHex(notify);
  new DataView(routine.buffer).setInt32(notifyFdOffset, fd, true);
  return { [Symbol.dispose]: handleSignals(native, kernel, routine, notifyRestoreOffset, signals) };
}

/** Has a routine handle signals. Returns what undoes it. */
function handleSignals(
  native: Native,
  kernel: LocalKernel,
  routine: Uint8Array,
  restoreOffset: number,
  signals: readonly number[],
): () => void {
  const address = native.mapCode(routine);
  // struct sigaction of the kernel: handler, flags, restorer, mask. Calls that are interrupted go on by themselves.
  const action = u64s(address, SA_SIGINFO + SA_RESTORER + SA_RESTART, address + restoreOffset, 0);
  const restore = setActions(native, signals, action);
  // A caller may have blocked some, which this process has inherited.
  kernel.rtSigprocmask(SIG_UNBLOCK, encodeSigset(signals));
  return restore;
}

/** One action for all of them, by calls that are as short as can be: there may be sixty. Returns what undoes it. */
function setActions(native: Native, signals: readonly number[], action: Uint8Array): () => void {
  const { arena, arenaAddress, numbers: { rt_sigaction } } = native;
  arena.set(action);
  signals.forEach((signal, i) => {
    native.call(rt_sigaction, signal, arenaAddress, arenaAddress + SIGACTION_SIZE * (i + 1), SIGSET_SIZE);
  });
  const before = arena.slice(SIGACTION_SIZE, SIGACTION_SIZE * (signals.length + 1));
  return () => {
    arena.set(before);
    signals.forEach((signal, i) => {
      native.call(rt_sigaction, signal, arenaAddress + SIGACTION_SIZE * i, 0, SIGSET_SIZE);
    });
  };
}
