import { assert, assertEquals, assertThrows } from "@std/assert";
import { EACCES, ENOENT, EPERM } from "../../ffi/errno.ts";
import { KILLED_ADDRESS } from "../../ffi/init_image/elf.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import { names, recordingKernel } from "../../tests/support/rootfs_fixture.ts";
import {
  allowTracing,
  closeDescriptors,
  endOnSignals,
  forbidTracing,
  openExecFifo,
  resetSignals,
  setOomScore,
} from "./first_steps.ts";

Deno.test("all descriptors are closed but the program's and those kept, in any order", () => {
  const cases: [first: number, kept: number[], expected: string[]][] = [
    [3, [], ["close_range(3, 0xffffffff, 0)"]],
    [3, [9], ["close_range(3, 8, 0)", "close_range(10, 0xffffffff, 0)"]],
    [5, [12, 5], ["close_range(6, 11, 0)", "close_range(13, 0xffffffff, 0)"]],
    [3, [4, 3], ["close_range(5, 0xffffffff, 0)"]],
  ];
  for (const [first, kept, expected] of cases) {
    const kernel = new RecordingKernel();
    closeDescriptors(kernel, first, kept);
    assertEquals(kernel.lines(), expected, `from ${first} but ${kept}`);
  }
});

Deno.test("descriptors that cannot be closed end the making", () => {
  const kernel = recordingKernel({ close_range: -EPERM });
  closeDescriptors(kernel, 3, [9]);
  assertThrows(() => kernel.flush(), KernelError);
});

Deno.test("every signal that can be is put to its default, and none is blocked", () => {
  const kernel = new RecordingKernel();
  resetSignals(kernel);
  const signals = kernel.operations.filter(({ name }) => name === "rt_sigaction").map(({ args }) => args[0]);
  assertEquals(signals.length, 29);
  assert(signals.includes(13) && !signals.includes(9) && !signals.includes(19));
  for (const { args } of kernel.operations) assert((args[1] as Uint8Array).every((byte) => byte === 0));
  assertEquals(names(kernel).at(-1), "rt_sigprocmask");
});

Deno.test("what is known to be ignored is no more, and nothing else is touched but SIGPIPE", () => {
  const kernel = new RecordingKernel();
  resetSignals(kernel, 1n << 0n | 1n << 63n | 1n << 8n);
  const signals = kernel.operations.filter(({ name }) => name === "rt_sigaction").map(({ args }) => args[0]);
  assertEquals(signals, [1, 13]);
});

Deno.test("signals that end a program end the process that waits for start, by a handler of the image's", () => {
  const kernel = new RecordingKernel();
  endOnSignals(kernel);
  const signals = kernel.operations.map(({ args }) => args[0]);
  assert([1, 2, 3, 11, 15].every((signal) => signals.includes(signal)) && !signals.includes(13));
  const action = new DataView((kernel.operations[0]!.args[1] as Uint8Array).buffer);
  assertEquals(action.getBigUint64(0, true), BigInt(KILLED_ADDRESS));
});

Deno.test("nobody may trace the process", () => {
  const kernel = recordingKernel({ prctl: -EPERM });
  forbidTracing(kernel);
  assertEquals(kernel.lines(), ["prctl(4, 0, 0, 0, 0)"]);
  assertThrows(() => kernel.flush(), KernelError);
});

Deno.test("to let its user reach the process is tried, and done without behind a filter", () => {
  const kernel = recordingKernel({ prctl: -EPERM });
  allowTracing(kernel);
  assertEquals(kernel.lines(), ["prctl(4, 1, 0, 0, 0)"]);
  kernel.flush();
});

Deno.test("the FIFO is open for both, and outlives exec in self mode alone", () => {
  const kernel = new RecordingKernel();
  openExecFifo(kernel, "/run/runt/c", false);
  openExecFifo(kernel, "/run/runt/c", true);
  assertEquals(kernel.operations.map(({ args }) => args[2]), [0o2000002, 2]);
  const missing = recordingKernel({ openat: -ENOENT });
  openExecFifo(missing, "/run/runt/c", false);
  assertThrows(() => missing.flush(), KernelError, "/run/runt/c/exec.fifo");
});

Deno.test("oom_score_adj is written only where it is given", () => {
  const kernel = new RecordingKernel();
  setOomScore(kernel, processConfig({}));
  assertEquals(kernel.lines(), []);
  setOomScore(kernel, processConfig({ oomScoreAdj: -500 }));
  assertEquals(names(kernel), ["openat", "write", "close"]);
  assertEquals(kernel.operations[1]!.args[1], new TextEncoder().encode("-500"));
  const refused = recordingKernel({ write: -EACCES });
  setOomScore(refused, processConfig({ oomScoreAdj: -500 }));
  const { where } = assertThrows(() => refused.flush(), KernelError);
  assertEquals(where.path, "process.oomScoreAdj");
});
