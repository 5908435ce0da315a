import { assertEquals } from "@std/assert";
import { errorsOf, findingsOf } from "../../tests/support/checked_spec.ts";
import type { Check } from "./issue.ts";
import { checkMemoryPolicy } from "./memory_policy.ts";
import { checkPersonality } from "./personality.ts";
import { checkCpuAffinity, checkIoPriority, checkScheduler } from "./scheduling.ts";

/** What a check says to a value at a path, with the path taken off. */
function findings(check: Check, path: string, value: unknown): string[] {
  return findingsOf(check, { [path]: value }).map((line) => line.replace(`${path}.`, ""));
}

Deno.test("checkScheduler() has sched_setattr(2)'s rules and runc's words", () => {
  const path = "process.scheduler";
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_FIFO", priority: 5 }), []);
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_DEADLINE", runtime: 1n }), []);
  // The kernel does not look at what is nice of the others.
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_FIFO", nice: 20 }), []);
  assertEquals(findings(checkScheduler, path, { policy: "" }), ["policy: scheduler policy is required"]);
  assertEquals(findings(checkScheduler, path, { policy: "FIFO", flags: ["X"] }), [
    "policy: invalid scheduler policy: FIFO",
    "flags[0]: invalid scheduler flag: X",
  ]);
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_OTHER", nice: 20, priority: 1, period: 5 }), [
    "nice: invalid scheduler.nice: 20 when scheduler.policy is SCHED_OTHER",
    "priority: scheduler.priority can only be specified for SchedFIFO or SchedRR policy",
    "process.scheduler: scheduler runtime/deadline/period can only be specified for SchedDeadline policy",
  ]);
});

Deno.test("checkIoPriority() and checkCpuAffinity() have runc's words", () => {
  assertEquals(findings(checkIoPriority, "process.ioPriority", { class: "BE", priority: 8 }), [
    "priority: invalid ioPriority.Priority: 8",
    'class: invalid ioPriority.Class: "BE"',
  ]);
  const affinity = (initial: string) =>
    findings(checkCpuAffinity, "process.execCPUAffinity", { initial, final: "0-3,7" });
  for (const good of ["", "0", "0-3,,5"]) assertEquals(affinity(good), []);
  assertEquals(affinity("3-1"), ["initial: bad CPUAffinity.Initial: invalid range: 3-1"]);
  assertEquals(affinity("99999"), [
    "initial: bad CPUAffinity.Initial: values larger than 65536 are not supported",
  ]);
  assertEquals(affinity(","), ['initial: bad CPUAffinity.Initial: no members found in set ","']);
});

Deno.test("checkMemoryPolicy() knows which modes take nodes", () => {
  const policy = (value: unknown) => findings(checkMemoryPolicy, "linux.memoryPolicy", value);
  for (
    const good of [{ mode: "MPOL_DEFAULT" }, { mode: "MPOL_PREFERRED" }, { mode: "MPOL_BIND", nodes: "0" }]
  ) {
    assertEquals(policy(good), []);
  }
  assertEquals(policy({ mode: "MPOL_LOCAL", nodes: "0,2-3," }), [
    "nodes: memory policy mode requires 0 nodes but got 3",
  ]);
  assertEquals(policy({ mode: "MPOL_INTERLEAVE" }), [
    "nodes: memory policy mode requires at least one node but got 0",
  ]);
  assertEquals(policy({ mode: "X", nodes: "a", flags: ["Y"] }), [
    'mode: invalid memory policy mode "X"',
    'nodes: invalid memory policy nodes "a": invalid range: a',
    'flags[0]: invalid memory policy flag "Y"',
  ]);
});

Deno.test("checkPersonality() knows two domains and no flags", () => {
  assertEquals(findings(checkPersonality, "linux.personality", { domain: "LINUX32" }), []);
  assertEquals(findings(checkPersonality, "linux.personality", { domain: "BSD", flags: ["f"] }), [
    "domain: invalid personality domain BSD",
    "warning: flags: ignoring unsupported personality flags: [f]",
  ]);
});

Deno.test("the checks of scheduling and memory policy are asked", () => {
  const wrong = {
    "process.scheduler": { policy: "" },
    "process.ioPriority": { class: "IOPRIO_CLASS_BE", priority: 8 },
    "process.execCPUAffinity": { initial: "x" },
    "linux.memoryPolicy": { mode: "MPOL_BIND" },
    "linux.personality": { domain: "" },
  };
  assertEquals(errorsOf(wrong).map((line) => line.split(":")[0]), [
    "process.scheduler.policy",
    "process.ioPriority.priority",
    "process.execCPUAffinity.initial",
    "linux.memoryPolicy.nodes",
    "linux.personality.domain",
  ]);
});
