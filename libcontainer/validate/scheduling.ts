import type { Check } from "./issue.ts";
import { objectionToList } from "./number_list.ts";

const POLICIES = "OTHER FIFO RR BATCH ISO IDLE DEADLINE".split(" ").map((name) => `SCHED_${name}`);
const FLAGS = "RESET_ON_FORK RECLAIM DL_OVERRUN KEEP_POLICY KEEP_PARAMS UTIL_CLAMP_MIN UTIL_CLAMP_MAX".split(
  " ",
)
  .map((name) => `SCHED_FLAG_${name}`);
const CLASSES = ["IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE"];

/** `process.ioPriority`, ioprio_set(2). runc's texts. */
export const checkIoPriority: Check = ({ spec, error }) => {
  const { class: name, priority } = spec.process!.ioPriority!;
  if (priority < 0 || priority > 7) {
    error("process.ioPriority.priority", `invalid ioPriority.Priority: ${priority}`);
  }
  if (!CLASSES.includes(name)) {
    error("process.ioPriority.class", `invalid ioPriority.Class: ${JSON.stringify(name)}`);
  }
};

/** `process.execCPUAffinity`. runc's texts. */
export const checkCpuAffinity: Check = ({ spec, error }) => {
  const { initial = "", final = "" } = spec.process!.execCPUAffinity!;
  const first = objectionToList(initial), last = objectionToList(final);
  if (first !== undefined) error("process.execCPUAffinity.initial", `bad CPUAffinity.Initial: ${first}`);
  if (last !== undefined) error("process.execCPUAffinity.final", `bad CPUAffinity.Final: ${last}`);
};

/** `process.scheduler`, sched_setattr(2). runc's texts. */
export const checkScheduler: Check = ({ spec, error }) => {
  const path = "process.scheduler";
  const { policy, nice = 0, priority = 0, flags = [], runtime = 0, deadline = 0, period = 0 } = spec.process!
    .scheduler!;
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
};
