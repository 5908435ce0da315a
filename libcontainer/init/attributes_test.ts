import { assertEquals } from "@std/assert";
import { RecordingKernel } from "../../ffi/recording.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import type { ProcessConfig } from "../config/config.ts";
import { hexadecimalMask, setAttributes, setFinalAffinity, setInitialAffinity } from "./attributes.ts";

const SCHEDULER = { policy: 6, flags: 0, nice: 0, priority: 0, runtime: "1", deadline: "2", period: "3" };
const ALL = processConfig({
  scheduler: SCHEDULER,
  ioPriority: 0x4004,
  personality: 8,
  memoryPolicy: { mode: 2, nodes: "0" },
});

/** What a step asks of a kernel that permits all. */
function callsOf(
  step: (kernel: RecordingKernel, process: ProcessConfig) => void,
  part: Partial<ProcessConfig>,
) {
  const kernel = new RecordingKernel();
  step(kernel, processConfig(part).process);
  kernel.flush();
  return kernel.lines();
}

Deno.test("setAttributes() sets what is asked for, in runc's order", () => {
  assertEquals(callsOf(setAttributes, ALL.process), [
    "sched_setattr(0, {…}, 0)",
    "ioprio_set(1, 0, 0x4004)",
    "personality(8)",
    "set_mempolicy(2, {…}, 65)",
  ]);
  assertEquals(callsOf(setAttributes, {}), []);
});

Deno.test("setAttributes() gives no mask to a memory policy without nodes", () => {
  assertEquals(callsOf(setAttributes, { memoryPolicy: { mode: 4, nodes: undefined } }), [
    "set_mempolicy(4, 0, 0)",
  ]);
});

Deno.test("CPUs are logged as one number", () => {
  assertEquals(["0", "1", "0-1", "0,9", "64"].map(hexadecimalMask), [
    "0x1",
    "0x2",
    "0x3",
    "0x201",
    "0x10000000000000000",
  ]);
});

Deno.test("a process that is exec'ed gets its CPUs before and in the cgroup, or all of them", () => {
  const both = { affinity: { initial: "0", final: "0-1" } };
  assertEquals(callsOf(setInitialAffinity, both), ["sched_setaffinity(0, 8, {…})"]);
  assertEquals(callsOf(setFinalAffinity, both), ["sched_setaffinity(0, 8, {…})"]);
  const initial = { affinity: { initial: "0", final: undefined } };
  assertEquals(callsOf(setFinalAffinity, initial), []);
  assertEquals(callsOf(setInitialAffinity, {}), []);
  assertEquals(callsOf(setFinalAffinity, {}), ["sched_setaffinity(0, 1024, {…})"]);
});
