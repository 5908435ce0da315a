import { assert, assertEquals, assertThrows } from "@std/assert";
import { EACCES, ELOOP, ENOENT, ENOSYS, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import { letUserIn, queueExec, queueTail } from "./tail.ts";

const PROGRAM = { file: "/bin/sh", args: ["sh"], env: ["A=1"] };
const EXECVE = 'execve("/bin/sh", {…}, {…})';

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

Deno.test("a user who is not root is let in, unless a filter is still to be set", () => {
  const seccomp = { program: [], flags: 0 };
  for (
    const [noNewPrivileges, filter, lets] of [[true, {}, 1], [false, { seccomp }, 1], [
      true,
      { seccomp },
      0,
    ]] as const
  ) {
    const kernel = new RecordingKernel();
    letUserIn(kernel, { ...processConfig({ noNewPrivileges }), ...filter });
    assertEquals(kernel.lines(), Array(lets).fill("prctl(4, 1, 0, 0, 0)"));
  }
});

Deno.test("in self mode without FIFO no descriptor but the program's is there for its path to lead through", () => {
  const kernel = kernelWith(0);
  queueTail(kernel, PROGRAM, 3, undefined, undefined);
  assertEquals(kernel.lines()[0], "close_range(3, 0xffffffff, 0)");
});

Deno.test("a failed exec is told on stderr, with its reason, and ends with 255", () => {
  for (
    const [errno, reason] of [
      [ENOENT, "no such file or directory"],
      [EACCES, "permission denied"],
      [EPERM, "operation not permitted"],
      [ELOOP, "too many levels of symbolic links"],
    ] as const
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

Deno.test("behind a filter that does not know close_range(2), what is known to be open is closed one by one", () => {
  const filtered = () =>
    new RecordingKernel(({ name }) => name === "close_range" ? -ENOSYS : name === "execve" ? 0 : undefined);
  const program = { ...PROGRAM, left: [9, 11] },
    waiting = filtered(),
    running = filtered(),
    executing = filtered();
  queueTail(waiting, program, 5, 11, 9);
  assertEquals(waiting.lines().slice(3, 7), [
    "close_range(5, 0xffffffff, 0)",
    "close(9)",
    "close(11)",
    EXECVE,
  ]);
  queueTail(running, program, 5, undefined, 9);
  queueExec(executing, program, 5);
  for (const kernel of [running, executing]) {
    assertEquals(kernel.lines().slice(0, 4), [
      "close_range(5, 0xffffffff, 4)",
      "fcntl(9, 2, 1)",
      "fcntl(11, 2, 1)",
      EXECVE,
    ]);
  }
  // Where nobody knows what is open, all must be closed.
  const blind = filtered();
  queueTail(blind, PROGRAM, 5, 11, 9);
  assertThrows(() => blind.flush(), KernelError);
});
