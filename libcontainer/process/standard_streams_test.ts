import { assertEquals, assertThrows } from "@std/assert";
import { EBADF } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import type { Operation } from "../../ffi/operation.ts";
import { Out, type Result } from "../../ffi/operation.ts";
import { inspectStandardStreams } from "./standard_streams.ts";

/** A local kernel whose fstat(2) answers what the test says. */
class Answering extends LocalKernel {
  constructor(readonly answer: (fd: number, view: DataView) => number) {
    super(openNative());
  }

  protected override submit(operation: Operation): Result {
    const [fd, out] = operation.args as [number, Out];
    const value = this.answer(fd, out.view);
    if (value < 0) throw new KernelError(operation, -value, "as the test says");
    operation.result.raw = value;
    return operation.result;
  }
}

Deno.test("streams have owners, and /dev/null is known by its number, not by its name", () => {
  const files = [
    { mode: 0o020666, uid: 0, rdev: 0x103 },
    { mode: 0o020620, uid: 1000, rdev: 0x105 },
    { mode: 0o010644, uid: 5, rdev: 0x103 },
  ];
  const kernel = new Answering((fd, view) => {
    const { mode, uid, rdev } = files[fd]!, x86 = Deno.build.arch === "x86_64";
    view.setUint32(x86 ? 24 : 16, mode, true);
    view.setUint32(x86 ? 28 : 24, uid, true);
    view.setBigUint64(x86 ? 40 : 32, BigInt(rdev), true);
    return 0;
  });
  assertEquals(inspectStandardStreams(kernel, true), [
    { fd: 0, uid: 0, stays: true, isDevNull: true },
    { fd: 1, uid: 1000, stays: true, isDevNull: false },
    { fd: 2, uid: 5, stays: false, isDevNull: false },
  ]);
});

Deno.test("a stream that is closed is told", () => {
  const kernel = new Answering(() => -EBADF);
  assertThrows(() => inspectStandardStreams(kernel, false), KernelError, "fstat");
});

Deno.test("the kernel's struct stat is read where it has its fields", () => {
  const script = `import { LocalKernel } from ${
    JSON.stringify(new URL("../../ffi/local.ts", import.meta.url).href)
  };
    import { openNative } from ${JSON.stringify(new URL("../../ffi/native.ts", import.meta.url).href)};
    import { inspectStandardStreams } from ${
    JSON.stringify(new URL("./standard_streams.ts", import.meta.url).href)
  };
    const [input] = inspectStandardStreams(new LocalKernel(openNative()), false);
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(input)));`;
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", "--no-check", script],
    stdin: "null",
  }).outputSync();
  const uid = Deno.statSync("/dev/null").uid;
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), { fd: 0, uid, stays: false, isDevNull: true });
});
