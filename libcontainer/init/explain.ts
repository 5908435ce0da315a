import { ENOENT, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { errnoText } from "../errno_text.ts";

/** runc's words, by step. */
const TEXTS: Readonly<Record<string, string>> = {
  scheduler: "error setting scheduler",
  ioPriority: "failed to set io priority",
  personality: "set_personality",
  memoryPolicy: "set_mempolicy",
  initialAffinity: "error setting initial CPU affinity",
  finalAffinity: "error setting final CPU affinity",
  apparmor: "unable to apply apparmor profile: apparmor failed to apply profile",
  terminal: "cannot make the terminal",
  selinux: "can't set process label",
  seccomp: "error loading seccomp filter into kernel: error loading seccomp filter",
};

/**
 * Puts runc's words around the failure of a step that is about the process. All other errors are returned as they are.
 *
 * @param config the container's, where it is known
 */
export function explainProcessError(error: unknown, config?: Pick<Config, "cgroup">): unknown {
  if (!(error instanceof KernelError)) return error;
  const { where: { step, path, what }, errno, syscall } = error, text = TEXTS[step];
  if (text === undefined) return error;
  const details = path ? { path } : {};
  // A deadline is guaranteed on all CPUs or none (sched(7)).
  if (step === "scheduler" && errno === EPERM && config?.cgroup.resources.cpu?.cpus) {
    return new RuntError("kernel", "process scheduler can't be used together with AllowedCPUs", details);
  }
  const hint = step === "apparmor" && syscall === "write" && errno === ENOENT
    ? { hint: `no profile ${what} is loaded` }
    : {};
  return new RuntError("kernel", `${text}: ${errnoText(error)}`, { ...details, ...hint });
}
