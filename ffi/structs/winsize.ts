/** `struct winsize` of ioctl_tty(2): a terminal's size in characters; asm-generic/termios.h. */
export function encodeWinsize(rows: number, columns: number): Uint8Array {
  const bytes = new Uint8Array(8), view = new DataView(bytes.buffer);
  view.setUint16(0, rows, true);
  view.setUint16(2, columns, true);
  return bytes;
}
