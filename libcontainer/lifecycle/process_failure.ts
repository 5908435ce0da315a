/**
 * runc's words around what went wrong in a process that was to become the container's, or one in it.
 *
 * @module
 */
import { KernelError, PeerGoneError } from "../../ffi/kernel_error.ts";
import { oomKills } from "../cgroups/look.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import { errnoText } from "../errno_text.ts";
import { RuntError } from "../error.ts";
import { explainProcessError } from "../init/explain.ts";

const UNABLE = "unable to start container process";

/**
 * The failure of a container's first process; says so when memory was what it lacked.
 *
 * @param debug whether the caller asked for details: beside the want of memory all else is one
 */
export function explainMaking(error: unknown, cgroup: CgroupManager, debug: boolean): RuntError {
  const code = codeOf(error);
  if (error instanceof PeerGoneError && cgroup.oomKillCount() > 0) {
    return new RuntError(code, `${UNABLE}: container init was OOM-killed (memory limit too low?)`, {
      path: "linux.resources.memory.limit",
      ...(debug && { cause: error }),
    });
  }
  // As runc has it: it is put into its cgroup, and devices are moved, before its init sets anything up.
  const early = error instanceof RuntError && /^linux\.(netDevices|cgroupsPath$)/.test(error.path ?? "");
  const cause = error instanceof PeerGoneError ? new RuntError(code, error.message) : error;
  return new RuntError(code, early ? UNABLE : `${UNABLE}: error during container init`, { cause });
}

/**
 * The failure of a process that is executed in a container.
 *
 * @param cgroupPaths directories of the container's cgroups, by controller
 * @param pid the process, if it had one
 */
export function explainExecuting(
  error: unknown,
  cgroupPaths: Readonly<Record<string, string>>,
  pid: number | undefined,
): RuntError {
  let cause = explainProcessError(error);
  if (error instanceof KernelError && error.where.step === "cgroup") {
    const who = pid === undefined ? "process" : `pid ${pid}`;
    const text = `error adding ${who} to cgroups: ${error.syscall} ${error.where.what}: ${errnoText(error)}`;
    cause = new RuntError("kernel", text);
  }
  if (error instanceof KernelError && error.where.step === "exec" && error.syscall === "execve") {
    cause = new RuntError("exec", `exec ${error.where.what}: ${errnoText(error)}`);
  }
  // It may have been another one of the container's.
  if (error instanceof PeerGoneError) {
    const oom = oomKills(cgroupPaths) > 0;
    cause = new RuntError("kernel", `${error.message}${oom ? " (possibly OOM-killed)" : ""}`);
  }
  return new RuntError(codeOf(error), UNABLE, { cause });
}

function codeOf(error: unknown): RuntError["code"] {
  return error instanceof RuntError ? error.code : "kernel";
}
