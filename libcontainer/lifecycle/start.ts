import { SIGKILL } from "../../ffi/constants/signal.ts";
import type { Result } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { isPaused } from "../cgroups/look.ts";
import { RuntError } from "../error.ts";
import { isAlive, NO_PROCESS } from "../process/process_stat.ts";
import type { Hooks } from "../spec/hooks.ts";
import { releaseExecFifo } from "../state/exec_fifo.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, stateDirectory } from "../state/state_directory.ts";
import { validateId } from "./container_id.ts";
import { awaitEnd } from "./delete.ts";
import { signalContainer } from "./kill.ts";
import { type Container, loadContainer } from "./load_container.ts";
import type { NotifySocket } from "./notify_socket.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * Lets a created container's program go, and runs its poststart hooks; if one of them fails the container is killed.
 * With `NOTIFY_SOCKET`, returns when the program has said that it is ready.
 *
 * @throws {RuntError} `wrong-state` with runc's texts when it is not `created`, `hook` for a hook that failed
 */
export async function startContainer(runtime: RuntimeOptions, id: string): Promise<void> {
  const local = new LocalKernel(openNative()), notify = await findNotifySocket(runtime, id);
  let pidfd: Result | undefined;
  const { container, awaitProgram } = release(runtime, id, local, ({ state }) => {
    if (!notify?.exists) return;
    notify.bind(local);
    pidfd = local.pidfdOpen(state.init_process_pid, 0, { accept: NO_PROCESS });
  });
  const { state } = container, { hooks } = state.runt;
  // The lock is given back by now: hooks may use the container, and who waits for it may not keep others from it.
  // As runc's: who starts a container finds it running, or ended by a hook of its own.
  awaitProgram(() => isPaused(state.cgroup_paths));
  if (hooks?.poststart) await runHooks(container, hooks);
  if (pidfd) notify?.forward(local, { pidfd, mainPid: state.init_process_pid, log: runtime.log });
}

async function runHooks(container: Container, hooks: Hooks): Promise<void> {
  const { id, state } = container, { init_process_pid: pid, init_process_start: start } = state;
  const { runPoststart } = await import("../hooks/mod.ts");
  const native = openNative(), local = new LocalKernel(native);
  try {
    runPoststart({ native, local }, hooks, { id, ...state.runt }, isAlive(pid, start) ? pid : undefined);
  } catch (error) {
    signalContainer(local, container, SIGKILL, false);
    awaitEnd(local, pid, start);
    throw error;
  }
}

function release(
  runtime: RuntimeOptions,
  id: string,
  local: LocalKernel,
  beforehand: (container: Container) => void,
): { container: Container; awaitProgram: (isHeldUp: () => boolean) => void } {
  validateId(id);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const container = loadContainer(runtime, id, true), { status, directory } = container;
  if (status === "stopped") throw new RuntError("wrong-state", "cannot start a container that has stopped");
  if (status === "running") throw new RuntError("wrong-state", "cannot start an already running container");
  if (status !== "created") {
    throw new RuntError("wrong-state", `cannot start a container in the ${status} state`);
  }
  beforehand(container);
  const awaitProgram = releaseExecFifo(local, directory);
  note(runtime.root, id, "start");
  return { container, awaitProgram };
}

async function findNotifySocket(runtime: RuntimeOptions, id: string): Promise<NotifySocket | undefined> {
  const host = Deno.env.get("NOTIFY_SOCKET");
  if (!host) return undefined;
  const { NotifySocket } = await import("./notify_socket.ts");
  return new NotifySocket(host, stateDirectory(runtime.root, id));
}
