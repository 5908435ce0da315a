import { needsDelete, needsStart } from "../hooks/kinds.ts";
import type { Config } from "../config/config.ts";
import type { StateFile } from "../state/state_file.ts";
import { leaveDeleteAnswer, leaveKillAnswer, leaveStartAnswer } from "./answers.ts";
import type { MadeContainer } from "./make_container.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * What spares `start`, `kill` and `delete` a whole start of Deno; whatever they have to do beyond the usual forbids it.
 *
 * @param stateInode inode of the file that holds the facts once the container is made
 */
export function leaveUsualAnswers(
  runtime: RuntimeOptions,
  made: MadeContainer,
  { id, runt, init_process_start }: StateFile,
  { hooks }: Config,
  stateInode: number | undefined,
): void {
  const { native, cgroup, directory, process: { pid, execFifo } } = made;
  const container = { root: runtime.root, id, directory, cgroup, pid };
  try {
    if (execFifo && !needsStart(hooks)) leaveStartAnswer(native, container);
    const more = needsDelete(hooks) || runt.systemdCgroup || runt.resctrl?.length;
    if (!runt.ownPidNamespace) return;
    if (!more) leaveDeleteAnswer(native, container);
    if (init_process_start && stateInode) leaveKillAnswer(native, container, init_process_start, stateInode);
  } catch (error) {
    runtime.log.debug(`no answers: ${(error as Error).message}`);
  }
}
