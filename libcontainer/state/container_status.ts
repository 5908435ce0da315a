import { isAlive } from "../process/process_stat.ts";
import { hasExecFifo } from "./exec_fifo.ts";
import type { StateFile } from "./state_file.ts";
import type { Status } from "./status.ts";

/**
 * What the container is now: worked out of what can be seen, never stored.
 *
 * @param directory the container's state directory
 * @param state its facts; undefined when nobody wrote any yet
 * @param isFrozen whether its cgroup is frozen; asked only when it matters
 * @param beingMade whether somebody is at work on it; asked only as long as it has no process
 */
export function statusOf(
  directory: string,
  state: StateFile | undefined,
  isFrozen: () => boolean,
  beingMade: () => boolean,
): Status {
  if (!state || state.init_process_pid === 0 && beingMade()) return "creating";
  if (!isAlive(state.init_process_pid, state.init_process_start)) return "stopped";
  if (isFrozen()) return "paused";
  return hasExecFifo(directory) ? "created" : "running";
}
