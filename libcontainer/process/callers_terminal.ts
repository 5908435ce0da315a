import { makePipe } from "../../ffi/pairs.ts";
import { SIGCHLD, SIGWINCH } from "../../ffi/constants/signal.ts";
import { TCGETS, TCSETS, TIOCGWINSZ, TIOCSWINSZ } from "../../ffi/constants/ioctl.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDONLY } from "../../ffi/constants/open.ts";
import { AT_FDCWD, Out } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { noticeSignals } from "../../ffi/signal_forwarding.ts";
import { makeRaw, TERMIOS_SIZE, withoutReturns } from "../../ffi/structs/termios.ts";
import { RuntError } from "../error.ts";
import type { TerminalEnd } from "./terminal.ts";
import { guardTerminal } from "./terminal_guard.ts";
import { relayTerminal } from "./terminal_relay.ts";

const WINSIZE = 8;
const STDIN = 0, STDOUT = 1, STDERR = 2;

/**
 * The terminal that runt was started on, which shows the container's: raw while the container runs, and as it was
 * afterwards, whatever ends runt.
 */
export class CallersTerminal implements TerminalEnd {
  readonly #native: Native;
  readonly #kernel: LocalKernel;
  readonly #tty: number;
  readonly #modes: Uint8Array;
  readonly #close: (() => void)[] = [];
  #raw: Uint8Array | undefined;
  #master = -1;

  /**
   * Finds it: a standard stream, or else the controlling terminal.
   *
   * @throws {RuntError} when there is none
   */
  constructor(native: Native, kernel: LocalKernel) {
    this.#native = native;
    this.#kernel = kernel;
    for (const fd of [STDERR, STDOUT, STDIN]) {
      const modes = this.#modesOf(fd);
      if (!modes) continue;
      this.#tty = fd;
      this.#modes = modes;
      return;
    }
    const flags = O_RDONLY | O_NOCTTY | O_CLOEXEC;
    const opened = kernel.openat(AT_FDCWD, "/dev/tty", flags, 0, { accept: "any" });
    const modes = opened.ok ? this.#modesOf(opened.value) : undefined;
    if (!modes) {
      const text = native.errorText(opened.errno);
      throw new RuntError("io", `open /dev/tty: ${text.charAt(0).toLowerCase()}${text.slice(1)}`, {
        hint: "without --detach, process.terminal needs a terminal that shows the container's",
      });
    }
    this.#tty = opened.value;
    this.#modes = modes;
    this.#close.push(() => kernel.close(this.#tty));
  }

  #modesOf(fd: number): Uint8Array | undefined {
    const modes = new Out(TERMIOS_SIZE);
    return this.#kernel.ioctl(fd, TCGETS, modes, { accept: "any" }).ok ? modes.bytes : undefined;
  }

  /** Gives the master its size and modes, and makes the caller's terminal raw. */
  take(master: number): void {
    const kernel = this.#kernel;
    this.#master = master;
    const modes = new Out(TERMIOS_SIZE);
    kernel.ioctl(master, TCGETS, modes);
    kernel.ioctl(master, TCSETS, withoutReturns(modes.bytes));
    this.#resize();
    const guard = guardTerminal(this.#native, kernel, this.#tty, this.#modes);
    this.#close.push(() => guard[Symbol.dispose]());
    this.#raw = makeRaw(this.#modes);
    kernel.ioctl(this.#tty, TCSETS, this.#raw, { accept: "any" });
  }

  relay(pidfd: number, onChild: () => void): void {
    const kernel = this.#kernel, [notice, writer] = makePipe(kernel, O_NONBLOCK | O_CLOEXEC);
    using _handler = noticeSignals(this.#native, kernel, writer, [SIGWINCH, SIGCHLD]);
    // Whatever came before the handler was there.
    const onNotice = () => {
      this.#stayRaw();
      this.#resize();
      onChild();
    };
    onNotice();
    relayTerminal(this.#native, kernel, {
      input: STDIN,
      output: STDOUT,
      master: this.#master,
      process: pidfd,
      notice,
      onNotice,
      onHangUp: () => this.#closeMaster(),
    });
    // The pipe's ends stay open: a handler may be running on another thread.
  }

  /** The container's terminal has the size of the caller's. Errors are of no account: either may be gone. */
  #resize(): void {
    if (this.#master < 0) return;
    const size = new Out(WINSIZE);
    const known = this.#kernel.ioctl(this.#tty, TIOCGWINSZ, size, { accept: "any" });
    // One that does not know its own size leaves what process.consoleSize says.
    if (!known.ok || size.view.getUint32(0, true) === 0) return;
    this.#kernel.ioctl(this.#master, TIOCSWINSZ, size.bytes, { accept: "any" });
  }

  /** A shell that runt was stopped and continued in may have changed the modes. */
  #stayRaw(): void {
    const now = this.#modesOf(this.#tty);
    if (!this.#raw || !now || now.every((byte, at) => byte === this.#raw![at])) return;
    this.#kernel.ioctl(this.#tty, TCSETS, this.#raw, { accept: "any" });
  }

  #closeMaster(): void {
    if (this.#master >= 0) this.#kernel.close(this.#master);
    this.#master = -1;
  }

  [Symbol.dispose](): void {
    this.#closeMaster();
    if (this.#raw) this.#kernel.ioctl(this.#tty, TCSETS, this.#modes, { accept: "any" });
    this.#raw = undefined;
    for (const close of this.#close.splice(0).reverse()) close();
  }
}
