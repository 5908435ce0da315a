import { SIGKILL } from "../../ffi/constants/signal.ts";
import { ESRCH } from "../../ffi/errno.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { signalProcesses, thaw } from "../cgroups/signal_processes.ts";
import { RuntError } from "../error.ts";
import { isAlive, NO_PROCESS } from "../process/process_stat.ts";
import { note } from "../state/journal.ts";
import { type Container, loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/** The last real-time signal (`signal(7)`). */
const LAST_SIGNAL = 64;

/**
 * Sends a signal to a container's init; with `all` to every process of its cgroup.
 *
 * @param readSignal gives its number; what it throws is thrown
 * @throws {RuntError} `wrong-state` with runc's text when it is not running
 */
export function killContainer(
  runtime: RuntimeOptions,
  id: string,
  readSignal: () => number,
  { all }: { readonly all: boolean },
): void {
  const container = loadContainer(runtime, id), signal = readSignal();
  if (signal < 0 || signal > LAST_SIGNAL) {
    throw new RuntError("usage", `unable to signal init: invalid signal ${signal}`, {
      hint: `Signals are 0 (a test) to ${LAST_SIGNAL}`,
    });
  }
  const kernel = new LocalKernel(openNative());
  const sent = signalContainer(kernel, container, signal, all);
  // runc's text; clients look for it. With --all there may just be nobody left, which is fine.
  if (!sent && !all) throw new RuntError("wrong-state", "container not running");
  note(runtime.root, id, "kill", { signal });
}

/**
 * Sends it.
 *
 * SIGKILL goes to every process of the cgroup where the container shares its pid namespace: the end of its init does
 * not end the others.
 *
 * @returns whether there was anything to send it to
 */
export function signalContainer(kernel: Kernel, container: Container, signal: number, all: boolean): boolean {
  const { init_process_pid: pid, init_process_start: start, runt } = container.state, { cgroup } = container;
  const sharedKill = signal === SIGKILL && !runt.ownPidNamespace;
  if (!all && !sharedKill) {
    const sent = signalProcess(kernel, pid, start, signal);
    // A frozen process gets its SIGKILL only when it is thawed.
    if (sent && signal === SIGKILL && cgroup.freezerState() === "FROZEN") thaw(cgroup);
    return sent;
  }
  const there = cgroup.exists();
  const sent = there ? signalProcesses(kernel, cgroup, signal) : new Set<number>();
  // Without a right to a cgroup of its own, the container's init is where its caller is.
  if (sent && !sent.has(pid)) return signalProcess(kernel, pid, start, signal) || sharedKill && there;
  return true;
}

/** Signals exactly the process that started then: a pidfd is opened first and what it is checked after. */
function signalProcess(kernel: Kernel, pid: number, startTime: number, signal: number): boolean {
  if (pid <= 0) return false;
  const pidfd = kernel.pidfdOpen(pid, 0, { accept: NO_PROCESS });
  if (!pidfd.ok) return false;
  try {
    return isAlive(pid, startTime) && kernel.pidfdSendSignal(pidfd, signal, { accept: [ESRCH] }).ok;
  } finally {
    kernel.close(pidfd);
  }
}
