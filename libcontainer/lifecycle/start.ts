import { ESRCH } from "../../ffi/errno.ts";
import type { Result } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { RuntError } from "../error.ts";
import { releaseExecFifo } from "../state/exec_fifo.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, stateDirectory } from "../state/state_directory.ts";
import { validateId } from "./container_id.ts";
import { type Container, loadContainer } from "./load_container.ts";
import type { NotifySocket } from "./notify_socket.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * Lets a created container's program go. With `NOTIFY_SOCKET`, returns when the program has said that it is ready.
 *
 * @throws {RuntError} `wrong-state` with runc's texts when it is not `created`
 */
export async function startContainer(runtime: RuntimeOptions, id: string): Promise<void> {
  const local = new LocalKernel(openNative()), notify = await findNotifySocket(runtime, id);
  let pidfd: Result | undefined;
  const { state } = release(runtime, id, local, ({ state }) => {
    if (!notify?.exists) return;
    notify.bind(local);
    pidfd = local.pidfdOpen(state.init_process_pid, 0, { accept: [ESRCH] });
  });
  // The lock is given back by now: who waits for the container may not keep others from it.
  if (pidfd) notify?.forward(local, { pidfd, mainPid: state.init_process_pid, log: runtime.log });
}

function release(
  runtime: RuntimeOptions,
  id: string,
  local: LocalKernel,
  beforehand: (container: Container) => void,
): Container {
  validateId(id);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const container = loadContainer(runtime, id, true), { status, directory } = container;
  if (status === "stopped") throw new RuntError("wrong-state", "cannot start a container that has stopped");
  if (status === "running") throw new RuntError("wrong-state", "cannot start an already running container");
  if (status !== "created") {
    throw new RuntError("wrong-state", `cannot start a container in the ${status} state`);
  }
  beforehand(container);
  releaseExecFifo(local, directory);
  note(runtime.root, id, "start");
  return container;
}

async function findNotifySocket(runtime: RuntimeOptions, id: string): Promise<NotifySocket | undefined> {
  const host = Deno.env.get("NOTIFY_SOCKET");
  if (!host) return undefined;
  const { NotifySocket } = await import("./notify_socket.ts");
  return new NotifySocket(host, stateDirectory(runtime.root, id));
}
