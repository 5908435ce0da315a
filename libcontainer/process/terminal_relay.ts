import { F_GETFL, F_SETFL } from "../../ffi/constants/fcntl.ts";
import { O_NONBLOCK } from "../../ffi/constants/open.ts";
import { POLLIN, POLLOUT } from "../../ffi/constants/poll.ts";
import { EAGAIN, EINTR } from "../../ffi/errno.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";

/** Where in the arena bytes pass through: beyond all that a call's arguments take. */
const BUFFERS = 0x600000;
/** As much as a pipe that poll(2) calls writable takes without blocking (`pipe(7)`), and as a terminal gives at once. */
const BUFFER = 4096;
/** Bytes of notices that are read at once; more wait for the next time. */
const NOTICES = 64;

/** What {@linkcode relayTerminal} copies between. */
export interface Relay {
  /** What is typed. */
  readonly input: number;
  /** Where to show what is written. */
  readonly output: number;
  /** The container's terminal. */
  readonly master: number;
  /** A pidfd: the process whose end is the end. */
  readonly process: number;
  /** A pipe that has a byte when a signal has come. */
  readonly notice: number;
  /** Told of signals. */
  onNotice(): void;
  /** Told that nobody is there any more who could see what is written: closes the master. */
  onHangUp(): void;
}

/** Bytes on their way, in the arena. */
interface Passage {
  /** Offset in the arena. */
  readonly at: number;
  start: number;
  end: number;
  /** Nothing more comes. */
  ended: boolean;
}

/**
 * Copies both ways, until the process has ended and all that it wrote was copied. Blocks, in poll(2): signals are
 * passed on by handlers in machine code meanwhile.
 *
 * The streams are the caller's, and may be shared with others: they stay as blocking as they are, and are read and
 * written only when poll(2) says that something can be.
 */
export function relayTerminal(native: Native, kernel: LocalKernel, relay: Relay): void {
  const { call, numbers, arenaAddress, arena } = native;
  const typed: Passage = { at: BUFFERS, start: 0, end: 0, ended: false };
  const shown: Passage = { at: BUFFERS + BUFFER, start: 0, end: 0, ended: false };
  const polled = BUFFERS + 2 * BUFFER;
  const { input, output, master, process, notice } = relay;

  const fill = (passage: Passage, fd: number) => {
    const got = call(numbers.read, fd, arenaAddress + passage.at, BUFFER);
    if (got === -EAGAIN || got === -EINTR) return;
    passage.start = 0;
    passage.end = Math.max(0, got);
    // An error is an end, too: EIO of a terminal says that all its other sides are closed, or that it hung up.
    if (got <= 0) passage.ended = true;
  };
  /** @returns false when nobody takes it any more */
  const drain = (passage: Passage, fd: number) => {
    const length = passage.end - passage.start;
    const put = call(numbers.write, fd, arenaAddress + passage.at + passage.start, length);
    if (put === -EAGAIN || put === -EINTR) return true;
    if (put > 0) passage.start += put;
    else passage.start = passage.end;
    return put > 0;
  };
  const isFull = ({ start, end }: Passage) => start < end;

  // This description is ours alone: the container's process has closed it.
  kernel.fcntl(master, F_SETFL, kernel.fcntl(master, F_GETFL).value | O_NONBLOCK);
  let isOpen = true, hasEnded = false;
  const hangUp = () => {
    if (isOpen) relay.onHangUp();
    isOpen = false;
    typed.ended = true;
    typed.start = typed.end;
  };
  const isMoreToShow = () => {
    if (isOpen && !isFull(shown)) fill(shown, master);
    return isFull(shown);
  };
  // When the process has ended, all that it wrote is there: the kernel hands that over before it says EAGAIN.
  while (!hasEnded || isMoreToShow()) {
    const masterEvents = (isFull(shown) ? 0 : POLLIN) | (isFull(typed) ? POLLOUT : 0);
    const fds = [
      { fd: hasEnded ? -1 : process, events: POLLIN },
      { fd: notice, events: POLLIN },
      { fd: hasEnded || typed.ended || isFull(typed) ? -1 : input, events: POLLIN },
      // Asked for nothing it would still tell of a hang-up, again and again.
      { fd: isOpen && masterEvents && !hasEnded ? master : -1, events: masterEvents },
      { fd: isFull(shown) ? output : -1, events: POLLOUT },
    ];
    arena.set(encodePollfds(fds), polled);
    const count = call(numbers.poll, arenaAddress + polled, fds.length, -1);
    // A signal that was passed on, such as SIGCONT, interrupts it: see what has changed.
    if (count < 0) {
      if (count !== -EINTR) kernel.fail("poll", [fds.length], -count);
      relay.onNotice();
      continue;
    }
    const [ended, noticed, canRead, masterCan, canWrite] = fds.map((_, i) => arena[polled + 8 * i + 6] !== 0);
    if (ended) hasEnded = true;
    if (noticed) {
      call(numbers.read, notice, arenaAddress + polled, NOTICES);
      relay.onNotice();
    }
    if (canWrite && !drain(shown, output)) hangUp();
    if (masterCan && isOpen) {
      if (isFull(typed) && !drain(typed, master)) typed.ended = true;
      if (!isFull(shown)) fill(shown, master);
      if (shown.ended) hangUp();
    }
    if (canRead) fill(typed, input);
  }
}
