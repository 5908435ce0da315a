import { type ContainerState, describeContainer } from "./container_state.ts";
import { loadContainer } from "./load_container.ts";
import type { ContainerFacts } from "./load_facts.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * The state of a container, and what is written down of it.
 *
 * @throws {RuntError} `not-found` when there is none
 */
export function readState(
  runtime: RuntimeOptions,
  id: string,
): { readonly container: ContainerFacts; readonly state: ContainerState } {
  const container = loadContainer(runtime, id);
  return { container, state: describeContainer(container, "") };
}
