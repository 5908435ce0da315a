import type { AnswerKernel } from "../../ffi/answer.ts";
import { O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY } from "../../ffi/constants/open.ts";
import type { Out, Result } from "../../ffi/kernel.ts";
import { STATE_FILE, type StateFile } from "../state/state_file.ts";
import { ID_SIZE } from "./replay.ts";

/** Stand in the facts for what differs from container to container; nothing else looks like that. */
const ID = "\u{f0000}id\u{f0000}",
  CREATED = "\u{f0000}created\u{f0000}",
  PID = 900000000001,
  START = 900000000002;

/** What differs, as texts. */
export interface OwnFacts {
  readonly id: Out;
  readonly created: Out;
  /** Undefined as long as there is no process. */
  readonly pid?: Out;
  readonly started?: Out;
}

/** Where the facts are written before they are put into their place. */
export const NEW_STATE_FILE = `.${STATE_FILE}`;

/**
 * Writes the facts of another container of the same kind beside those that are there; see `prepareState()`.
 *
 * @param directory its state directory
 * @param state the facts of the first one
 * @param isNamed whether a cgroup's directory is named by the id
 * @returns what queues that they are put into their place
 */
export function replayState(
  kernel: AnswerKernel,
  directory: Result,
  state: StateFile,
  isNamed: (path: string) => boolean,
  { id, created, pid, started }: OwnFacts,
): () => void {
  const paths: Record<string, string> = {};
  for (const [controller, path] of Object.entries(state.cgroup_paths)) {
    paths[controller] = isNamed(path) ? path.slice(0, -state.id.length) + ID : path;
  }
  const json = JSON.stringify({
    ...state,
    id: ID,
    created: CREATED,
    cgroup_paths: paths,
    ...(pid && { init_process_pid: PID, init_process_start: START }),
  });
  const put: Record<string, Out | undefined> = { [ID]: id, [CREATED]: created, [PID]: pid, [START]: started };
  const pieces = json.split(new RegExp(`(${Object.keys(put).join("|")})`)).map((piece) =>
    put[piece] ?? piece
  );
  const { text, size } = kernel.text(json.length * 3 + ID_SIZE * pieces.length, ...pieces);
  const flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const file = kernel.openat(directory, NEW_STATE_FILE, flags, 0o600);
  kernel.call("write", [file, text, size]);
  kernel.close(file);
  return () => void kernel.call("renameat", [directory, NEW_STATE_FILE, directory, STATE_FILE]);
}
