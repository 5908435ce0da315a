import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { SIGKILL } from "../../ffi/constants/signal.ts";
import { POLLIN } from "../../ffi/constants/poll.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { removeResctrlGroups } from "../cgroups/remove.ts";
import { signalProcesses } from "../cgroups/signal_processes.ts";
import { RuntError } from "../error.ts";
import { needsDelete } from "../hooks/kinds.ts";
import { isAlive, NO_PROCESS } from "../process/process_stat.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, removeStateDirectory, stateDirectory } from "../state/state_directory.ts";
import { readState, type StateFile } from "../state/state_file.ts";
import { permits } from "../state/status.ts";
import { validateId } from "./container_id.ts";
import { signalContainer } from "./kill.ts";
import { type Container, containerOf, loadCgroupOwner } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/** How long a killed init may take to be gone; as long as runc gives it. */
const PATIENCE_MS = 10_000;

/**
 * Removes what a container holds: its processes, cgroup and state directory.
 *
 * With `force` also of one that is running, was never made to the end, or is not there at all.
 *
 * @throws {RuntError} `not-found`, or `wrong-state` when it is running and not forced
 */
export async function deleteContainer(
  runtime: RuntimeOptions,
  id: string,
  options: { readonly force: boolean },
): Promise<void> {
  const state = await removeContainer(runtime, id, options);
  // The lock is given back by now: a hook may want to make a container of the same name.
  if (state && needsDelete(state.runt.hooks)) {
    const { runPoststop } = await import("../hooks/mod.ts");
    const native = openNative(), local = new LocalKernel(native);
    runPoststop({ native, local }, state.runt.hooks, { id, ...state.runt }, runtime.log);
  }
}

/** @returns the facts of what was removed, if there were any */
async function removeContainer(
  runtime: RuntimeOptions,
  id: string,
  { force }: { readonly force: boolean },
): Promise<StateFile | undefined> {
  validateId(id);
  const directory = stateDirectory(runtime.root, id);
  try {
    using _lock = ContainerLock.take(directory);
    const state = readWhatIsThere(directory, force);
    if (!state) {
      // Cut short before it said anything, or it says nothing that can be understood.
      const { salvage } = await import("./salvage.ts");
      salvage(new LocalKernel(openNative()), runtime, id, directory);
      removeStateDirectory(directory);
      if (!force) throw new RuntError("not-found", "container does not exist");
      note(runtime.root, id, "delete");
      return undefined;
    }
    const open = await loadCgroupOwner(runtime, state);
    const container = containerOf(runtime, directory, state, true, open), { status } = container;
    if (!force && !permits(status, "delete")) {
      throw new RuntError("wrong-state", `cannot delete container ${id} that is not stopped: ${status}`, {
        hint: "`runt delete --force` kills it first",
      });
    }
    const unmount = state.runt.hostMounts && (await import("./host_root.ts")).unmountRoot;
    destroy(container, force || status === "created", (kernel) => {
      unmount?.(kernel, state.runt.hostMounts, runtime.log);
    });
    note(runtime.root, id, "delete");
    return state;
  } catch (error) {
    if (force && error instanceof RuntError && error.code === "not-found") return undefined;
    throw error;
  }
}

/** The facts; forced, a file that says none is as good as no file. */
function readWhatIsThere(directory: string, force: boolean): StateFile | undefined {
  try {
    return readState(directory);
  } catch (error) {
    if (force && error instanceof RuntError && error.code === "io") return undefined;
    throw error;
  }
}

/** Ends what lives and removes the rest; the state directory last, since it says where the rest is. */
function destroy(container: Container, kills: boolean, unmount: (kernel: Kernel) => void): void {
  const { directory, cgroup, state } = container;
  const kernel = new LocalKernel(openNative());
  if (kills) {
    signalContainer(kernel, container, SIGKILL, false);
    awaitEnd(kernel, state.init_process_pid, state.init_process_start);
  }
  // Processes that share their pid namespace outlive their init, and so do those of a make that was cut short.
  if (kills || !state.runt.ownPidNamespace || state.init_process_pid === 0) {
    signalProcesses(kernel, cgroup, SIGKILL);
  }
  cgroup.remove();
  // Nobody is left who would mount more.
  unmount(kernel);
  removeResctrlGroups(state.runt.resctrl ?? []);
  removeStateDirectory(directory);
}

/** Waits until a killed init is gone. */
export function awaitEnd(kernel: Kernel, pid: number, startTime: number): void {
  if (!isAlive(pid, startTime)) return;
  const pidfd = kernel.pidfdOpen(pid, 0, { accept: NO_PROCESS });
  if (!pidfd.ok) return;
  // A pidfd is readable when its process has ended, reaped or not (pidfd_open(2)).
  const poll = encodePollfds([{ fd: pidfd.value, events: POLLIN }]);
  const ended = isAlive(pid, startTime) ? kernel.poll(poll, 1, PATIENCE_MS).value > 0 : true;
  kernel.close(pidfd);
  if (!ended) throw new RuntError("wrong-state", "container init still running");
}
