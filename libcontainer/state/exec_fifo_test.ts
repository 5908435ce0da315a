import { assert, assertEquals, assertThrows } from "@std/assert";
import { EACCES, EEXIST, ENXIO, EPIPE } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { names, recordingKernel } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { execFifoPath, hasExecFifo, makeExecFifo, releaseExecFifo } from "./exec_fifo.ts";

function withDirectory(body: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    body(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("the FIFO is made for root alone", () => {
  const kernel = recordingKernel();
  makeExecFifo(kernel, "/d");
  assertEquals(kernel.operations[0]!.args.slice(1), ["/d/exec.fifo", 0o010600, 0]);
  assertThrows(() => makeExecFifo(recordingKernel({ mknodat: -EEXIST }), "/d"), KernelError, "/d/exec.fifo");
});

Deno.test("it is there when it is a FIFO", () => {
  withDirectory((directory) => {
    assert(!hasExecFifo(directory));
    Deno.writeTextFileSync(execFifoPath(directory), "");
    assert(!hasExecFifo(directory));
    Deno.removeSync(execFifoPath(directory));
    assert(new Deno.Command("mkfifo", { args: [execFifoPath(directory)] }).outputSync().success);
    assert(hasExecFifo(directory));
  });
});

Deno.test("start opens it without waiting, writes a byte and removes it", () => {
  withDirectory((directory) => {
    Deno.writeTextFileSync(execFifoPath(directory), "");
    const kernel = recordingKernel({ poll: 0 });
    const awaitProgram = releaseExecFifo(kernel, directory);
    assertEquals(names(kernel), ["openat", "write"]);
    assertEquals(kernel.operations[0]!.args[2], 1 | 0o4000 | 0o2000000);
    assertEquals([...Deno.readDirSync(directory)], []);
    let looks = 0;
    awaitProgram(() => ++looks === 3);
    assertEquals(names(kernel), ["openat", "write", "poll", "poll", "poll", "close"]);
  });
});

Deno.test("an init that is gone, or goes in that moment, is told in runc's words", () => {
  for (const answers of [{ openat: -ENXIO }, { write: -EPIPE }]) {
    const error = assertThrows(() => releaseExecFifo(recordingKernel(answers), "/missing"), RuntError);
    assertEquals([error.code, error.message], ["wrong-state", "cannot start a container that has stopped"]);
  }
  assertThrows(() => releaseExecFifo(recordingKernel({ openat: -EACCES }), "/missing"), KernelError);
});
