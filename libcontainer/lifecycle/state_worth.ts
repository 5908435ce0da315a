import { readStartFacts } from "../../ffi/start_facts.ts";
import { STATE_ANSWER } from "../state/state_directory.ts";
import { leaveIn, leaveMark, worthOfAnswer } from "./answer_worth.ts";
import type { ContainerState } from "./container_state.ts";
import type { ContainerFacts } from "./load_facts.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * Leaves the answer to the next `state` of a container, or a mark the first time.
 *
 * @param print what `state` prints
 */
export async function leaveStateAnswer(
  runtime: RuntimeOptions,
  container: ContainerFacts,
  print: (state: ContainerState) => string,
): Promise<void> {
  if (runtime.debug || Deno.build.arch !== "x86_64" || readStartFacts() === undefined) return;
  try {
    const { directory, state: { created } } = container;
    const path = `${directory}/${STATE_ANSWER}`, worth = worthOfAnswer(path, created);
    if (worth === "mark") leaveIn(directory, () => leaveMark(path, created));
    if (worth === "record") (await import("./state_answer.ts")).writeStateAnswer(container, path, print);
  } catch (error) {
    runtime.log.debug(`no answer for state: ${(error as Error).message}`);
  }
}
