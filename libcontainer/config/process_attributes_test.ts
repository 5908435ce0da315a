import { assertEquals } from "@std/assert";
import * as constants from "../../ffi/constants/schedule.ts";
import type { LinuxSchedulerFlag, LinuxSchedulerPolicy } from "../spec/process.ts";
import {
  affinityConfig,
  ioPriority,
  maskOfList,
  memoryPolicyConfig,
  personality,
  schedulerConfig,
} from "./process_attributes.ts";

Deno.test("schedulerConfig() has the kernel's numbers of policies and flags", () => {
  const policyOf = (policy: string) => schedulerConfig({ policy: policy as LinuxSchedulerPolicy }).policy;
  const { SCHED_NORMAL: SCHED_OTHER, ...others } = constants;
  const known: Record<string, number> = { SCHED_OTHER, SCHED_ISO: 4, ...others };
  for (const name of "OTHER FIFO RR BATCH ISO IDLE DEADLINE".split(" ").map((name) => `SCHED_${name}`)) {
    assertEquals(policyOf(name), known[name], name);
  }
  const flags = Object.keys(constants).filter((name) => name.startsWith("SCHED_FLAG_"));
  for (const flag of flags) {
    const config = schedulerConfig({ policy: "SCHED_RR", flags: [flag as LinuxSchedulerFlag] });
    assertEquals(config.flags, known[flag], flag);
  }
  const all = schedulerConfig({ policy: "SCHED_RR", flags: flags as LinuxSchedulerFlag[] });
  assertEquals(all.flags, 0x7f);
});

Deno.test("schedulerConfig() keeps numbers of 64 bits", () => {
  assertEquals(
    schedulerConfig({ policy: "SCHED_DEADLINE", runtime: 2n ** 64n - 1n, deadline: 5, period: 6 }),
    {
      policy: 6,
      flags: 0,
      nice: 0,
      priority: 0,
      runtime: "18446744073709551615",
      deadline: "5",
      period: "6",
    },
  );
});

Deno.test("ioPriority() has class and priority in one number", () => {
  assertEquals(ioPriority({ class: "IOPRIO_CLASS_RT", priority: 7 }), 0x2007);
  assertEquals(ioPriority({ class: "IOPRIO_CLASS_BE", priority: 4 }), 0x4004);
  assertEquals(ioPriority({ class: "IOPRIO_CLASS_IDLE", priority: 0 }), 0x6000);
});

Deno.test("affinityConfig() takes empty lists for none", () => {
  assertEquals(affinityConfig({ initial: "", final: "" }), undefined);
  assertEquals(affinityConfig({ final: "0-1" }), { initial: undefined, final: "0-1" });
});

Deno.test("personality() and memoryPolicyConfig() have the kernel's numbers", () => {
  assertEquals(personality({ domain: "LINUX" }), 0);
  assertEquals(personality({ domain: "LINUX32" }), 8);
  assertEquals(memoryPolicyConfig({ mode: "MPOL_DEFAULT" }), { mode: 0, nodes: undefined });
  assertEquals(memoryPolicyConfig({ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] }), {
    mode: 0x8002,
    nodes: "0",
  });
});

Deno.test("maskOfList() has a bit for each number, in whole words", () => {
  assertEquals([...maskOfList("0-3,7")], [0x8f, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals([...maskOfList(" 1 ,,64")], [2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(maskOfList("65536").length, 8200);
});
