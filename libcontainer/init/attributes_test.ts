import { assert, assertEquals, assertThrows } from "@std/assert";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import type { ProcessConfig } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { explainAttributeError, setAttributes, setFinalAffinity, setInitialAffinity } from "./attributes.ts";

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

Deno.test("a process that is exec'ed gets its CPUs before and in the cgroup, or all of them", () => {
  const both = { affinity: { initial: "0", final: "0-1" } };
  assertEquals(callsOf(setInitialAffinity, both), ["sched_setaffinity(0, 8, {…})"]);
  assertEquals(callsOf(setFinalAffinity, both), ["sched_setaffinity(0, 8, {…})"]);
  const initial = { affinity: { initial: "0", final: undefined } };
  assertEquals(callsOf(setFinalAffinity, initial), []);
  assertEquals(callsOf(setInitialAffinity, {}), []);
  assertEquals(callsOf(setFinalAffinity, {}), ["sched_setaffinity(0, 1024, {…})"]);
});

/** The error that a step ends with when a call fails, as it is told. */
function told(name: string, errno: number, part: Partial<ProcessConfig>, cpus?: string): RuntError {
  const kernel = new RecordingKernel((operation) => operation.name === name ? -errno : undefined);
  const config = { ...processConfig(part), cgroup: { path: "", resources: cpus ? { cpu: { cpus } } : {} } };
  const error = assertThrows(() => {
    setInitialAffinity(kernel, config.process);
    setAttributes(kernel, config.process);
    kernel.flush();
  });
  const explained = explainAttributeError(error, config);
  assert(explained instanceof RuntError);
  return explained;
}

Deno.test("what the kernel refuses is told in runc's words, with its place in config.json", () => {
  const cases: [string, string, string][] = [
    ["sched_setattr", "error setting scheduler", "process.scheduler"],
    ["ioprio_set", "failed to set io priority", "process.ioPriority"],
    ["personality", "set_personality", "linux.personality"],
    ["set_mempolicy", "set_mempolicy", "linux.memoryPolicy"],
  ];
  for (const [name, text, path] of cases) {
    const error = told(name, EINVAL, ALL.process);
    assertEquals(error.message, `${text}: as the script says`);
    assertEquals(error.path, path);
  }
  const affinity = { initial: "0", final: undefined };
  assertEquals(
    told("sched_setaffinity", EINVAL, { affinity }).message,
    "error setting initial CPU affinity: as the script says",
  );
});

Deno.test("a deadline in a cpuset is told as such", () => {
  const { message } = told("sched_setattr", EPERM, ALL.process, "0");
  assertEquals(message, "process scheduler can't be used together with AllowedCPUs");
  assertEquals(
    told("sched_setattr", EPERM, ALL.process).message,
    "error setting scheduler: as the script says",
  );
});

Deno.test("errors of other steps are left as they are", () => {
  const error = new Error("other");
  assertEquals(explainAttributeError(error), error);
});
