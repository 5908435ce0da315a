import { RuntError } from "../error.ts";
import { stateDirectory } from "../state/state_directory.ts";
import { readState, type StateFile } from "../state/state_file.ts";
import { validateId } from "./container_id.ts";
import type { RuntimeOptions } from "./options.ts";

/** What is written down of a container. */
export interface ContainerFacts {
  readonly id: string;
  /** Its state directory. */
  readonly directory: string;
  readonly state: StateFile;
}

/**
 * Finds what is written down of a container.
 *
 * @throws {RuntError} `not-found` when there is none, or none that was made far enough
 */
export function loadFacts(runtime: RuntimeOptions, id: string): ContainerFacts {
  validateId(id);
  const directory = stateDirectory(runtime.root, id);
  const state = readState(directory);
  if (state) return { id: state.id, directory, state };
  throw new RuntError("not-found", "container does not exist", {
    hint: "It is just being made, or its making was cut short; `runt delete --force` clears that up",
  });
}
