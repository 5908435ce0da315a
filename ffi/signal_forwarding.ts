import { fromHex } from "./init_image/elf.ts";
import { Out, u64s } from "./kernel.ts";
import type { LocalKernel } from "./local.ts";
import type { Native } from "./native.ts";

const SA_RESTORER = 0x04000000, SA_RESTART = 0x10000000;
const SIGACTION_SIZE = 32;

/**
 * Has signals to this process passed on to another, by a handler in machine code. It runs on whatever thread the
 * signal lands, makes one system call and touches nothing else, so it needs no JavaScript and disturbs none.
 *
 * @param pidfd who gets them; must stay open until the forwarding is disposed of
 * @param signals which
 */
export function forwardSignals(
  native: Native,
  kernel: LocalKernel,
  pidfd: number,
  signals: readonly number[],
): Disposable {
  const { forward, forwardPidfdOffset, restoreOffset } = native.code;
  return handleSignals(native, kernel, forward, forwardPidfdOffset, restoreOffset, pidfd, signals);
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
  const { notify, notifyFdOffset, notifyRestoreOffset } = native.code;
  return handleSignals(native, kernel, notify, notifyFdOffset, notifyRestoreOffset, fd, signals);
}

function handleSignals(
  native: Native,
  kernel: LocalKernel,
  code: string,
  fdOffset: number,
  restoreOffset: number,
  fd: number,
  signals: readonly number[],
): Disposable {
  const routine = fromHex(code);
  new DataView(routine.buffer).setInt32(fdOffset, fd, true);
  const address = native.mapCode(routine);
  // struct sigaction of the kernel: handler, flags, restorer, mask. Calls that are interrupted go on by themselves.
  const action = u64s(address, SA_RESTORER + SA_RESTART, address + restoreOffset, 0);
  const before = signals.map((signal) => {
    const old = new Out(SIGACTION_SIZE);
    kernel.rtSigaction(signal, action, old);
    return { signal, old };
  });
  return {
    [Symbol.dispose]() {
      for (const { signal, old } of before) kernel.rtSigaction(signal, old.bytes);
    },
  };
}
