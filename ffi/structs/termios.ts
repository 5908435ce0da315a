import * as flags from "../constants/termios.ts";

/** Bytes of the kernel's `struct termios`, which is not that of the C library: four flags, a byte, `c_cc`. */
export const TERMIOS_SIZE = 36;

const IFLAG = 0, OFLAG = 4, CFLAG = 8, LFLAG = 12, CC = 17;

/**
 * Modes of a terminal that hands on every key as it is pressed, as `cfmakeraw` of termios(3) has them, but for the
 * output: that is still processed, so that a new line starts at the left edge.
 *
 * @param modes as TCGETS gives them
 */
export function makeRaw(modes: Uint8Array): Uint8Array {
  const { IGNBRK, BRKINT, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON } = flags;
  const { ECHO, ECHONL, ICANON, ISIG, IEXTEN } = flags;
  const raw = modes.slice();
  change(raw, IFLAG, IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  change(raw, OFLAG, 0, flags.OPOST);
  change(raw, LFLAG, ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  change(raw, CFLAG, flags.CSIZE | flags.PARENB, flags.CS8);
  raw[CC + flags.VMIN] = 1;
  raw[CC + flags.VTIME] = 0;
  return raw;
}

/** Modes without the carriage return before each new line: the terminal that shows it adds one itself. */
export function withoutReturns(modes: Uint8Array): Uint8Array {
  const changed = modes.slice();
  change(changed, OFLAG, flags.ONLCR);
  return changed;
}

function change(modes: Uint8Array, at: number, clear: number, set = 0): void {
  const view = new DataView(modes.buffer, modes.byteOffset);
  view.setUint32(at, view.getUint32(at, true) & ~clear | set, true);
}
