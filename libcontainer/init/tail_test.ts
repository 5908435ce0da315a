import { assert, assertEquals } from "@std/assert";
import { EACCES, ENOENT } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import { queueTail } from "./tail.ts";

const PROGRAM = { file: "/bin/sh", args: ["sh"], env: ["A=1"] };

/** A kernel whose execve comes to that, and whose comparisons find what is meant. */
function kernelWith(execve: number): RecordingKernel {
  return new RecordingKernel(({ name, args }) => {
    if (name === "execve") return execve;
    if (name !== "compare") return undefined;
    return Number(new DataView((args[1] as Uint8Array).buffer).getInt32(0, true) !== execve);
  });
}

Deno.test("to run at once, the control socket stays until exec, which tells that it came to that", () => {
  const kernel = kernelWith(0);
  queueTail(kernel, PROGRAM, 3, undefined, 9);
  assertEquals(kernel.lines().slice(0, 2), ["close_range(3, 0xffffffff, 4)", 'execve("/bin/sh", {…}, {…})']);
});

Deno.test("to wait for start, runt is let go first, and nothing but the FIFO is open", () => {
  const kernel = kernelWith(0);
  queueTail(kernel, PROGRAM, 5, 11, 9);
  assertEquals(kernel.lines().slice(0, 5), [
    "close(9)",
    "read(11, &out, 1)",
    "close(11)",
    "close_range(5, 0xffffffff, 0)",
    'execve("/bin/sh", {…}, {…})',
  ]);
});

Deno.test("in self mode without FIFO no descriptor but the program's is there for its path to lead through", () => {
  const kernel = kernelWith(0);
  queueTail(kernel, PROGRAM, 3, undefined, undefined);
  assertEquals(kernel.lines()[0], "close_range(3, 0xffffffff, 0)");
});

Deno.test("a failed exec is told on stderr, with its reason, and ends with 255", () => {
  for (
    const [errno, reason] of [[ENOENT, "no such file or directory"], [EACCES, "permission denied"]] as const
  ) {
    const kernel = kernelWith(-errno);
    queueTail(kernel, PROGRAM, 3, 11, 9);
    const behind = kernel.operations.slice(names(kernel).indexOf("execve") + 1);
    const said = behind.find(({ name }) => name === "write")!;
    assertEquals(new TextDecoder().decode(said.args[1] as Uint8Array), `exec /bin/sh: ${reason}\n`);
    assertEquals(behind.find(({ name }) => name === "exit_group")!.args, [255]);
    assert(behind.indexOf(said) < behind.findIndex(({ name }) => name === "exit_group"));
  }
});
