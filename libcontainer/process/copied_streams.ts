import { F_DUPFD_CLOEXEC } from "../../ffi/constants/fcntl.ts";
import { TCGETS } from "../../ffi/constants/ioctl.ts";
import { O_CLOEXEC, O_NONBLOCK } from "../../ffi/constants/open.ts";
import { POLLIN, POLLOUT } from "../../ffi/constants/poll.ts";
import { SIGCHLD } from "../../ffi/constants/signal.ts";
import { EAGAIN, EINTR } from "../../ffi/errno.ts";
import { Out } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { makePipe } from "../../ffi/pairs.ts";
import { noticeSignals } from "../../ffi/signal_forwarding.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { TERMIOS_SIZE } from "../../ffi/structs/termios.ts";

/** Where in the arena bytes pass through: beyond all that a call's arguments take. */
const BUFFERS = 0x600000;
/** As much as a pipe or a terminal that poll(2) calls writable takes without blocking, mostly. */
const BUFFER = 4096;
const NOTICES = 64;

/** A stream of the caller's, and the pipe that the program writes to in its place. */
interface Copy {
  /** The standard stream's number. */
  readonly stream: number;
  /** The caller's file, by another number. */
  readonly file: number;
  reader: number;
  /** Bytes on their way, in the arena. */
  readonly at: number;
  start: number;
  end: number;
}

/**
 * Files and terminals of a caller who waits, which the program writes to through pipes.
 *
 * Of a file itself, `/dev/stdout` in the container would be another name: opening it asks for the user's right to the
 * caller's file, and empties it. A pipe can be the user's own. runc does so with all streams; pipes of the caller's,
 * and what is read, are handed on here.
 *
 * ```
 *   before restore():  1 ─▶ pipe      (the container's process inherits it)      file: 10
 *   after:             1 ─▶ the caller's file again                    relay(): pipe ─▶ file
 * ```
 */
export class CopiedStreams implements Disposable {
  readonly #native: Native;
  readonly #kernel: LocalKernel;
  readonly #copies: Copy[];
  #restored = false;

  /** @param streams standard streams to be written to; from now on, they are pipes */
  constructor(native: Native, kernel: LocalKernel, streams: readonly number[]) {
    this.#native = native;
    this.#kernel = kernel;
    this.#copies = streams.map((stream, i) => {
      const file = kernel.fcntl(stream, F_DUPFD_CLOEXEC, 3).value;
      const [reader, writer] = makePipe(kernel, O_CLOEXEC);
      kernel.dup3(writer, stream, 0);
      kernel.close(writer);
      return { stream, file, reader, at: BUFFERS + i * BUFFER, start: 0, end: 0 };
    });
  }

  /** Whether one of them is a terminal: a write to it may be a signal to this process (`tty_ioctl(4)`). */
  get onTerminal(): boolean {
    return this.#copies.some(({ file }) =>
      this.#kernel.ioctl(file, TCGETS, new Out(TERMIOS_SIZE), { accept: "any" }).ok
    );
  }

  /** The process has its streams: those of this one are the caller's again. */
  restore(): void {
    if (this.#restored) return;
    this.#restored = true;
    for (const { stream, file } of this.#copies) this.#kernel.dup3(file, stream, 0);
  }

  /**
   * Copies. Blocks, in poll(2).
   *
   * @param pidfd the process; it is not reaped
   * @param onChild called when a child of this process may have ended
   * @param untilClosed go on until nobody has the pipes open, as `exec` does in runc; else until the process has
   *   ended and all that is there was copied
   */
  relay(pidfd: number, onChild: () => void, untilClosed: boolean): void {
    const { call, numbers, arenaAddress, arena } = this.#native;
    const [notice, writer] = makePipe(this.#kernel, O_NONBLOCK | O_CLOEXEC);
    using _handler = noticeSignals(this.#native, this.#kernel, writer, [SIGCHLD]);
    // Whatever came before the handler was there.
    onChild();
    const polled = BUFFERS + 3 * BUFFER;
    let ended = false;
    for (;;) {
      const open = this.#copies.filter(({ reader }) => reader >= 0);
      if (open.length === 0) break;
      const fds = [
        { fd: ended ? -1 : pidfd, events: POLLIN },
        { fd: notice, events: POLLIN },
        ...open.map((copy) =>
          isFull(copy) ? { fd: copy.file, events: POLLOUT } : { fd: copy.reader, events: POLLIN }
        ),
      ];
      arena.set(encodePollfds(fds), polled);
      const count = call(numbers.poll, arenaAddress + polled, fds.length, ended && !untilClosed ? 0 : -1);
      if (count < 0 && count !== -EINTR) this.#kernel.fail("poll", [fds.length], -count);
      if (count === 0) break;
      const ready = fds.map((_, i) => count > 0 && arena[polled + 8 * i + 6] !== 0);
      if (ready[0]) ended = true;
      if (ready[1]) call(numbers.read, notice, arenaAddress + polled, NOTICES);
      if (ready[1] || count < 0) onChild();
      open.forEach((copy, i) => {
        if (ready[2 + i]) this.#pass(copy);
      });
    }
    // The pipe's ends stay open: a handler may be running on another thread.
  }

  #pass(copy: Copy): void {
    const { call, numbers, arenaAddress } = this.#native, at = arenaAddress + copy.at;
    if (!isFull(copy)) {
      const got = call(numbers.read, copy.reader, at, BUFFER);
      if (got === -EAGAIN || got === -EINTR) return;
      if (got <= 0) return this.#close(copy);
      copy.start = 0;
      copy.end = got;
      return;
    }
    const put = call(numbers.write, copy.file, at + copy.start, copy.end - copy.start);
    if (put === -EAGAIN || put === -EINTR) return;
    // It is full, or gone: the program is told, by EPIPE.
    if (put < 0) return this.#close(copy);
    copy.start += put;
  }

  #close(copy: Copy): void {
    if (copy.reader >= 0) this.#kernel.close(copy.reader);
    copy.reader = -1;
    copy.start = copy.end;
  }

  [Symbol.dispose](): void {
    this.restore();
    for (const copy of this.#copies) {
      // What runt itself had to say while the pipe was in the stream's place.
      this.#drain(copy);
      this.#close(copy);
      this.#kernel.close(copy.file);
    }
  }

  #drain(copy: Copy): void {
    const { call, numbers, arenaAddress, arena } = this.#native, polled = BUFFERS + 3 * BUFFER;
    while (copy.reader >= 0) {
      if (!isFull(copy)) {
        arena.set(encodePollfds([{ fd: copy.reader, events: POLLIN }]), polled);
        if (call(numbers.poll, arenaAddress + polled, 1, 0) <= 0) return;
      }
      this.#pass(copy);
    }
  }
}

function isFull({ start, end }: Copy): boolean {
  return start < end;
}
