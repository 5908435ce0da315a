/**
 * Setting the filter of system calls. When that is done decides which of runt's own calls it must allow:
 *
 * - without no_new_privs before the user changes, while the process has CAP_SYS_ADMIN: the change of user and the
 *   look-up of the program come after it, as under runc;
 * - with it last of all, in the tail: only `execve(2)` comes after it;
 * - with it and an agent to be told of calls at the end of the set-up, while runt is there to fetch the descriptor.
 *
 * @module
 */
import { SECCOMP_SET_MODE_FILTER } from "../../ffi/constants/seccomp.ts";
import type { CallOptions, Kernel, Result } from "../../ffi/kernel.ts";
import { encodeFilterProgram } from "../../ffi/structs/sock_filter.ts";
import type { Config, SeccompConfig } from "../config/config.ts";
import { RuntError } from "../error.ts";
import type { ProgramContext } from "./context.ts";
import { allowTracing } from "./first_steps.ts";

/** Whether the filter can wait until the process has given up its rights. */
export function needsFilterLate({ process }: Config): boolean {
  return process.noNewPrivileges;
}

/** Queues `seccomp(2)`. Its result is the descriptor for an agent, where the filter tells of calls. */
export function queueFilter(
  kernel: Kernel,
  { program, flags }: SeccompConfig,
  options?: CallOptions,
): Result {
  const bytes = new Uint8Array(Uint32Array.from(program).buffer);
  return kernel.at({ step: "seccomp", path: "linux.seccomp" }, () => {
    return kernel.seccomp(SECCOMP_SET_MODE_FILTER, flags, encodeFilterProgram(bytes), options);
  });
}

/**
 * Sets the filter; a round trip where it tells an agent of calls, which gets the descriptor for that.
 *
 * The answer over there is sent by `write(2)`, of which no filter may tell: the agent is not there yet.
 */
export function setFilter(kernel: Kernel, seccomp: SeccompConfig, context: ProgramContext): void {
  const { sendListener, fetchedByUser } = context, tells = seccomp.listenerPath !== undefined;
  // Not sent over a socket, as a terminal is: the filter may know nothing of that call, or tell of it. Nothing of the
  // host's is open any more, and whoever is in the container needs all rights of this process, or CAP_SYS_PTRACE, to
  // trace it (ptrace(2)). The change of user forbids it again.
  if (tells && fetchedByUser) allowTracing(kernel);
  const listener = queueFilter(kernel, seccomp);
  if (!tells) return;
  kernel.flush();
  if (sendListener === undefined) throw new RuntError("internal", "nobody takes the seccomp descriptor");
  sendListener(listener.value);
  kernel.close(listener);
}
