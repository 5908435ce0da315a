/**
 * A program on a terminal that a test types on, reads, resizes and hangs up: a pseudoterminal of its own
 * (`pts(4)`), with the program as leader of its session.
 *
 * A program's terminal is reset when its session's leader ends: to see what somebody leaves behind, have a shell lead.
 *
 * @module
 */
import { CLOSE_RANGE_CLOEXEC } from "../../ffi/constants/fcntl.ts";
import { TCGETS, TIOCGPTPEER, TIOCSCTTY, TIOCSPTLCK, TIOCSWINSZ } from "../../ffi/constants/ioctl.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDWR } from "../../ffi/constants/open.ts";
import { P_PIDFD, WEXITED, WNOHANG } from "../../ffi/constants/wait.ts";
import { EAGAIN, ECHILD } from "../../ffi/errno.ts";
import { AT_FDCWD, Out } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { spawn } from "../../ffi/spawn.ts";
import { decodeChildStatus, exitCodeOf, SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";
import { TERMIOS_SIZE } from "../../ffi/structs/termios.ts";
import { encodeWinsize } from "../../ffi/structs/winsize.ts";
import { resetSignals } from "../../libcontainer/init/first_steps.ts";

/** Rows and columns that a terminal has unless told. */
export const SIZE = { rows: 30, columns: 100 };
const ALL = 0xffffffff, CHUNK = 4096;

/** A program, and the terminal it runs on. */
export class TerminalDriver implements Disposable {
  readonly pid: number;
  /** All that the program has shown so far. */
  shown = "";
  readonly #kernel = new LocalKernel(openNative());
  readonly #decoder = new TextDecoder();
  readonly #pidfd: number;
  #master: number;
  #code: number | undefined;

  /** @param command absolute path of a program, and its arguments */
  constructor(command: readonly [program: string, ...args: string[]], size = SIZE) {
    const kernel = this.#kernel, flags = O_RDWR | O_NOCTTY;
    this.#master = kernel.openat(AT_FDCWD, "/dev/ptmx", flags | O_CLOEXEC | O_NONBLOCK).value;
    kernel.ioctl(this.#master, TIOCSPTLCK, new Uint8Array(4));
    this.resize(size.rows, size.columns);
    const slave = kernel.ioctl(this.#master, TIOCGPTPEER, flags).value;
    const spawned = spawn(openNative(), kernel, {
      namespaces: 0,
      argv: ["on a terminal"],
      firstFreeFd: 3,
      onSpawn: () => {},
    });
    const there = spawned.kernel;
    resetSignals(there);
    there.setsid();
    for (const stream of [0, 1, 2]) there.dup3(slave, stream, 0);
    there.ioctl(0, TIOCSCTTY, 0);
    there.flush();
    const env = Object.entries({ ...Deno.env.toObject(), TERM: "vt100" }).map((pair) => pair.join("="));
    there.whole(() => {
      there.closeRange(3, ALL, CLOSE_RANGE_CLOEXEC);
      there.execve(command[0], command, env);
    });
    there.sendTail(false)();
    kernel.close(there.control);
    kernel.close(slave);
    this.pid = spawned.pid;
    this.#pidfd = spawned.pidfd;
  }

  /** Tells the terminal its size, and the program with SIGWINCH. */
  resize(rows: number, columns: number): void {
    this.#kernel.ioctl(this.#master, TIOCSWINSZ, encodeWinsize(rows, columns));
  }

  /** The terminal's modes: `struct termios`. */
  modes(): Uint8Array {
    const modes = new Out(TERMIOS_SIZE);
    this.#kernel.ioctl(this.#master, TCGETS, modes);
    return modes.bytes;
  }

  /** Presses keys: `\x03` is Ctrl-C. */
  type(keys: string): void {
    let rest = new TextEncoder().encode(keys);
    while (rest.length) {
      const put = this.#kernel.write(this.#master, rest, { accept: [EAGAIN] });
      if (put.ok) rest = rest.subarray(put.value);
      // It is full: whoever reads it may wait for somebody to read what is shown.
      else if (!this.#read()) pause();
    }
  }

  /** Waits until something is shown that was not taken before; takes all up to its end. */
  expect(what: string | RegExp, seconds = 60): RegExpExecArray {
    const pattern = typeof what === "string" ? new RegExp(what.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")) : what;
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const found = pattern.exec(this.shown.slice(this.#taken));
      if (found) {
        this.#taken += found.index + found[0].length;
        return found;
      }
      if (this.#read()) continue;
      if (Date.now() > end) throw new Error(`Waited in vain for ${pattern}: ${JSON.stringify(this.shown)}`);
      pause();
    }
  }
  #taken = 0;

  /** Whether something was shown so far, at any time. */
  see(what: string): boolean {
    while (this.#read());
    return this.shown.includes(what);
  }

  /** Waits for the program's end, and reads the rest. @returns its exit code, or 128 and its signal */
  wait(seconds = 60): number {
    const end = Date.now() + seconds * 1000;
    while (!this.#hasEnded()) {
      this.#read();
      if (Date.now() > end) throw new Error(`It does not end: ${JSON.stringify(this.shown)}`);
      pause();
    }
    while (this.#read());
    return this.#code!;
  }

  /** The terminal goes away. */
  hangUp(): void {
    if (this.#master >= 0) this.#kernel.close(this.#master);
    this.#master = -1;
  }

  #hasEnded(): boolean {
    if (this.#code !== undefined) return true;
    const info = new Out(SIGINFO_SIZE);
    const result = this.#kernel.waitid(P_PIDFD, this.#pidfd, info, WEXITED | WNOHANG, { accept: [ECHILD] });
    const status = result.ok ? decodeChildStatus(info) : undefined;
    if (status) this.#code = exitCodeOf(status);
    return status !== undefined;
  }

  #read(): boolean {
    if (this.#master < 0) return false;
    const out = new Out(CHUNK), got = this.#kernel.read(this.#master, out, { accept: "any" }).value;
    if (got > 0) this.shown += this.#decoder.decode(out.bytes.subarray(0, got), { stream: true });
    return got > 0;
  }

  [Symbol.dispose](): void {
    this.hangUp();
    if (!this.#hasEnded()) {
      this.#kernel.pidfdSendSignal(this.#pidfd, 9, { accept: "any" });
      this.#kernel.waitid(P_PIDFD, this.#pidfd, new Out(SIGINFO_SIZE), WEXITED, { accept: [ECHILD] });
    }
    this.#kernel.close(this.#pidfd);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
