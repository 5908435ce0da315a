import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { RuntError } from "../error.ts";
import { releaseExecFifo } from "../state/exec_fifo.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, stateDirectory } from "../state/state_directory.ts";
import { validateId } from "./container_id.ts";
import { loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * Lets a created container's program go.
 *
 * @throws {RuntError} `wrong-state` with runc's texts when it is not `created`
 */
export function startContainer(runtime: RuntimeOptions, id: string): void {
  validateId(id);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const { status, directory } = loadContainer(runtime, id, true);
  if (status === "stopped") throw new RuntError("wrong-state", "cannot start a container that has stopped");
  if (status === "running") throw new RuntError("wrong-state", "cannot start an already running container");
  if (status !== "created") {
    throw new RuntError("wrong-state", `cannot start a container in the ${status} state`);
  }
  releaseExecFifo(new LocalKernel(openNative()), directory);
  note(runtime.root, id, "start");
}
