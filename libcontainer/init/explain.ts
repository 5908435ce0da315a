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
  capabilities: "unable to apply caps",
  workingDirectory: "failed to verify if current working directory is safe",
  terminal: "cannot make the terminal",
  selinux: "can't set process label",
  landlock: "error applying Landlock",
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
  if (step === "capabilities" && syscall === "capset") {
    const hint =
      "Effective ones must be permitted, permitted ones runt's own, inheritable ones bounding or permitted";
    return new RuntError("kernel", `${text}: ${errnoText(error)}`, { ...details, hint });
  }
  const hint = step === "apparmor" && syscall === "write" && errno === ENOENT
    ? { hint: `no profile ${what} is loaded` }
    : {};
  const of = step === "landlock" && what ? `${what}: ` : "";
  return new RuntError("kernel", `${text}: ${of}${errnoText(error)}`, { ...details, ...hint });
}
