import type { Process, Scheduler } from "../spec/process.ts";
import type { Check, Report } from "./issue.ts";
import { objectionToList } from "./number_list.ts";

const POLICIES = "OTHER FIFO RR BATCH ISO IDLE DEADLINE".split(" ").map((name) => `SCHED_${name}`);
const FLAGS = "RESET_ON_FORK RECLAIM DL_OVERRUN KEEP_POLICY KEEP_PARAMS UTIL_CLAMP_MIN UTIL_CLAMP_MAX".split(
  " ",
)
  .map((name) => `SCHED_FLAG_${name}`);
const CLASSES = ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"];

/** `process.scheduler`, `.ioPriority` and `.execCPUAffinity`. Texts are runc's where it has one. */
export const checkScheduling: Check = ({ spec, error }) => {
  const process: Partial<Process> = spec.process ?? {};
  if (process.scheduler !== undefined) checkScheduler(process.scheduler, error);
  if (process.ioPriority !== undefined) {
    const { class: name, priority } = process.ioPriority;
    if (priority < 0 || priority > 7) {
      error("process.ioPriority.priority", `invalid ioPriority.Priority: ${priority}`);
    }
    if (!CLASSES.includes(name)) {
      error("process.ioPriority.class", `invalid ioPriority.Class: ${JSON.stringify(name)}`);
    }
  }
  for (const field of ["initial", "final"] as const) {
    const what = objectionToList(process.execCPUAffinity?.[field] ?? "");
    if (what !== undefined) {
      error(
        `process.execCPUAffinity.${field}`,
        `bad CPUAffinity.${field === "final" ? "Final" : "Initial"}: ${what}`,
      );
    }
  }
};

function checkScheduler(scheduler: Scheduler, error: Report): void {
  const path = "process.scheduler";
  const { policy, nice = 0, priority = 0, flags = [], runtime = 0, deadline = 0, period = 0 } = scheduler;
  if (policy as string === "") error(`${path}.policy`, "scheduler policy is required");
  else if (!POLICIES.includes(policy)) error(`${path}.policy`, `invalid scheduler policy: ${policy}`);
  for (let i = 0; i < flags.length; i++) {
    if (!FLAGS.includes(flags[i]!)) error(`${path}.flags[${i}]`, `invalid scheduler flag: ${flags[i]}`);
  }
  if ((policy === "SCHED_OTHER" || policy === "SCHED_BATCH") && (nice < -20 || nice > 19)) {
    error(`${path}.nice`, `invalid scheduler.nice: ${nice} when scheduler.policy is ${policy}`);
  }
  if (priority !== 0 && policy !== "SCHED_FIFO" && policy !== "SCHED_RR") {
    error(`${path}.priority`, "scheduler.priority can only be specified for SchedFIFO or SchedRR policy");
  }
  if (policy !== "SCHED_DEADLINE" && (runtime != 0 || deadline != 0 || period != 0)) {
    error(path, "scheduler runtime/deadline/period can only be specified for SchedDeadline policy");
  }
}
