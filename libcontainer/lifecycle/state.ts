import { type ContainerState, describeContainer } from "./container_state.ts";
import { loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * The state of a container.
 *
 * @throws {RuntError} `not-found` when there is none
 */
export function readState(runtime: RuntimeOptions, id: string): ContainerState {
  return describeContainer(loadContainer(runtime, id), "");
}
