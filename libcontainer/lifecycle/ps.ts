import { loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * The processes of a container, as the host counts.
 *
 * @returns ids; none when it has stopped
 * @throws {RuntError} `not-found` when there is no such container
 */
export function containerProcesses(runtime: RuntimeOptions, id: string): number[] {
  return loadContainer(runtime, id).cgroup.pids(true);
}
