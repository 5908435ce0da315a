/** Bytes of the kernel's own `struct sigaction`, on x86-64 and aarch64: handler, flags, restorer, mask. */
export const SIGACTION_SIZE = 32;

/** A flag: there is a way back from the handler. x86-64 delivers no signal without it; C's headers do not show it. */
export const SA_RESTORER = 0x04000000;

/**
 * The kernel's `struct sigaction` (rt_sigaction(2)) for a disposition without code of ours.
 *
 * @param handler `SIG_DFL` or `SIG_IGN`
 */
export function encodeSigaction(handler: number): Uint8Array {
  const bytes = new Uint8Array(SIGACTION_SIZE);
  bytes[0] = handler;
  return bytes;
}

/** A `sigset_t` of rt_sigprocmask(2) with these signals; all 64 when nothing is given. */
export function encodeSigset(signals?: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8);
  if (!signals) return bytes.fill(0xff);
  for (const signal of signals) bytes[(signal - 1) >> 3]! |= 1 << ((signal - 1) & 7);
  return bytes;
}
