import { assert, assertEquals } from "@std/assert";
import { TIOCGPTPEER, TIOCSPTLCK } from "../../ffi/constants/ioctl.ts";
import { O_CLOEXEC, O_NOCTTY, O_RDWR } from "../../ffi/constants/open.ts";
import { AT_FDCWD, Out } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { relayTerminal } from "./terminal_relay.ts";

const ignore = Deno.build.arch !== "x86_64";

/** What a relay runs between: pipes for a caller's streams, a pseudoterminal, a process that ends by itself. */
class Ends implements Disposable {
  readonly native = openNative();
  readonly kernel = new LocalKernel(this.native);
  readonly input = this.pipe();
  readonly output = this.pipe();
  readonly notice = this.pipe();
  readonly master: number;
  readonly slave: number;
  readonly process: number;
  readonly #child: Deno.ChildProcess;
  readonly #closed = new Set<number>();
  hungUp = 0;
  noticed = 0;

  constructor(seconds: number) {
    const flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
    this.master = this.kernel.openat(AT_FDCWD, "/dev/ptmx", flags).value;
    this.kernel.ioctl(this.master, TIOCSPTLCK, new Uint8Array(4));
    this.slave = this.kernel.ioctl(this.master, TIOCGPTPEER, flags).value;
    this.#child = new Deno.Command("sleep", { args: [String(seconds)] }).spawn();
    this.process = this.kernel.pidfdOpen(this.#child.pid, 0).value;
    // It has the pipes open until it executes its program, a moment after it was spawned.
    while (Deno.readTextFileSync(`/proc/${this.#child.pid}/comm`) !== "sleep\n");
  }

  pipe(): { reader: number; writer: number } {
    const pair = new Out(8);
    this.kernel.call("pipe2", [pair, O_CLOEXEC]);
    return { reader: pair.view.getInt32(0, true), writer: pair.view.getInt32(4, true) };
  }

  relay(): void {
    relayTerminal(this.native, this.kernel, {
      input: this.input.reader,
      output: this.output.writer,
      master: this.master,
      process: this.process,
      notice: this.notice.reader,
      onNotice: () => this.noticed++,
      onHangUp: () => this.hungUp++,
    });
  }

  /** Closes one of them, once: its number may be somebody else's right after. */
  close(fd: number): void {
    this.kernel.close(fd);
    this.#closed.add(fd);
  }

  read(fd: number): string {
    const out = new Out(4096), got = this.kernel.read(fd, out, { accept: "any" }).value;
    return new TextDecoder().decode(out.bytes.subarray(0, Math.max(0, got)));
  }

  async ended(): Promise<void> {
    await this.#child.status;
  }

  [Symbol.dispose](): void {
    const { input, output, notice, master, slave, process } = this;
    const pipes = [input, output, notice].flatMap(({ reader, writer }) => [reader, writer]);
    for (const fd of [...pipes, master, slave, process]) {
      if (!this.#closed.has(fd)) this.kernel.close(fd, { accept: "any" });
    }
  }
}

Deno.test({
  name: "what is typed goes to the terminal, what is written comes out, until the process has ended",
  ignore,
  fn: async () => {
    using ends = new Ends(0.2);
    ends.kernel.write(ends.input.writer, "typed\n");
    ends.close(ends.input.writer);
    ends.kernel.write(ends.slave, "written\n");
    ends.relay();
    assertEquals(ends.read(ends.slave), "typed\n");
    assertEquals(ends.read(ends.output.reader).replace("typed\r\n", ""), "written\r\n");
    assertEquals([ends.hungUp, ends.noticed], [0, 0]);
    await ends.ended();
  },
});

Deno.test({
  name: "a process that has ended already leaves what it wrote",
  ignore,
  fn: async () => {
    using ends = new Ends(0);
    await ends.ended();
    ends.kernel.write(ends.slave, "last words");
    ends.relay();
    assertEquals(ends.read(ends.output.reader), "last words");
  },
});

Deno.test({
  name: "a terminal that nobody has open any more is hung up, once, and the end is waited for",
  ignore,
  fn: async () => {
    using ends = new Ends(0.2);
    ends.kernel.write(ends.slave, "last words");
    ends.close(ends.slave);
    const start = Date.now();
    ends.relay();
    assert(Date.now() - start > 100);
    assertEquals([ends.read(ends.output.reader), ends.hungUp], ["last words", 1]);
    await ends.ended();
  },
});

Deno.test({
  name: "a caller who reads no more hangs the terminal up, and the end is waited for",
  ignore,
  fn: async () => {
    using ends = new Ends(0.2);
    ends.close(ends.output.reader);
    ends.kernel.write(ends.slave, "for nobody");
    ends.relay();
    assertEquals(ends.hungUp, 1);
    await ends.ended();
  },
});

Deno.test({
  name: "notices are told, however many came",
  ignore,
  fn: async () => {
    using ends = new Ends(0.2);
    ends.kernel.write(ends.notice.writer, "several");
    ends.relay();
    assertEquals(ends.noticed, 1);
    await ends.ended();
  },
});
