import { assert, assertEquals } from "@std/assert";
import { O_CLOEXEC, O_RDWR } from "../../ffi/constants/open.ts";
import { AT_FDCWD } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { CopiedStreams } from "./copied_streams.ts";

const ignore = Deno.build.arch !== "x86_64";

/** A file that stands for a standard stream, and a process that ends by itself. */
class Ends implements Disposable {
  readonly native = openNative();
  readonly kernel = new LocalKernel(this.native);
  readonly path = Deno.makeTempFileSync();
  readonly stream: number;
  readonly child: Deno.ChildProcess;
  readonly pidfd: number;

  constructor(script: string, file?: string) {
    this.stream = this.kernel.openat(AT_FDCWD, file ?? this.path, O_RDWR | O_CLOEXEC).value;
    this.child = new Deno.Command("sh", { args: ["-c", script], stdout: "null" }).spawn();
    this.pidfd = this.kernel.pidfdOpen(this.child.pid, 0).value;
  }

  get written(): string {
    return Deno.readTextFileSync(this.path);
  }

  [Symbol.dispose](): void {
    this.kernel.close(this.stream);
    this.kernel.close(this.pidfd);
    Deno.removeSync(this.path);
  }
}

Deno.test({
  name: "what is written to the pipe comes to the file, and the stream is the file again",
  ignore,
  fn: async () => {
    using ends = new Ends("sleep 0.2");
    {
      using streams = new CopiedStreams(ends.native, ends.kernel, [ends.stream]);
      assertEquals(streams.onTerminal, false);
      ends.kernel.write(ends.stream, "through the pipe\n");
      assertEquals(ends.written, "");
      streams.restore();
      let children = 0;
      streams.relay(ends.pidfd, () => children++, false);
      assert(children >= 1);
    }
    ends.kernel.write(ends.stream, "directly\n");
    assertEquals(ends.written, "through the pipe\ndirectly\n");
    await ends.child.status;
  },
});

Deno.test({
  name: "what was written by then is not lost when nothing is made of it",
  ignore,
  fn: async () => {
    using ends = new Ends("true");
    {
      using _streams = new CopiedStreams(ends.native, ends.kernel, [ends.stream]);
      ends.kernel.write(ends.stream, "a warning\n");
    }
    assertEquals(ends.written, "a warning\n");
    await ends.child.status;
  },
});

Deno.test({
  name: "the end of the process is enough, or that of all who can write, as one wants it",
  ignore,
  fn: async () => {
    for (const untilClosed of [false, true]) {
      using ends = new Ends("true");
      using streams = new CopiedStreams(ends.native, ends.kernel, [ends.stream]);
      // Another process has it open for a while.
      const script = `exec >/proc/${Deno.pid}/fd/${ends.stream}; echo ready >&2; sleep 0.3; echo late`;
      const late = new Deno.Command("sh", { args: ["-c", script], stdout: "null", stderr: "piped" }).spawn();
      const reader = late.stderr.getReader();
      await reader.read();
      streams.restore();
      await ends.child.status;
      streams.relay(ends.pidfd, () => {}, untilClosed);
      assertEquals(ends.written, untilClosed ? "late\n" : "");
      await reader.cancel();
      await late.status;
    }
  },
});

Deno.test({
  name: "a file that takes no more ends the copying, not the waiting of others",
  ignore,
  fn: async () => {
    using ends = new Ends("true", "/dev/full");
    using streams = new CopiedStreams(ends.native, ends.kernel, [ends.stream]);
    ends.kernel.write(ends.stream, "for nobody");
    streams.restore();
    streams.relay(ends.pidfd, () => {}, true);
    await ends.child.status;
  },
});
