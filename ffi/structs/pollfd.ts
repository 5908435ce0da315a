/** One descriptor that poll(2) waits for. */
export interface PollFd {
  /** The descriptor; a negative one is passed over. */
  readonly fd: number;
  /** `POLL*` */
  readonly events: number;
}

/** An array of `struct pollfd`, 8 bytes each; asm-generic/poll.h. */
export function encodePollfds(fds: readonly PollFd[]): Uint8Array {
  const bytes = new Uint8Array(8 * fds.length), view = new DataView(bytes.buffer);
  fds.forEach(({ fd, events }, i) => {
    view.setInt32(8 * i, fd, true);
    view.setInt16(8 * i + 4, events, true);
  });
  return bytes;
}
