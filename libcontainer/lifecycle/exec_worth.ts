/**
 * Whether an `exec` leaves an answer to the next one of its kind.
 *
 * @module
 */
import type { Native } from "../../ffi/native.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import type { Transcript } from "../../ffi/transcript.ts";
import {
  type ExecSubject,
  leaveIn,
  leaveMark,
  placeOfExecAnswer,
  type Worth,
  worthOfAnswer,
} from "./answer_worth.ts";
import type { ExecOptions } from "./exec.ts";
import type { PlannedExec } from "./exec_config.ts";
import type { ContainerFacts } from "./load_facts.ts";
import type { RuntimeOptions } from "./options.ts";
import { isRootless } from "./rootless.ts";

/** What an answer is known by, where it goes, and what is to be done for it. */
export interface ExecAnswer {
  readonly subject: ExecSubject;
  readonly path: string;
  readonly key: string;
  readonly worth: Worth;
}

/** Where the answer to the next `exec` of the kind goes, and whether to leave one or a mark; undefined for neither. */
export function answerFor(
  runtime: RuntimeOptions,
  { config: { process }, parts, processText }: PlannedExec,
  { state, directory }: ContainerFacts,
  options: ExecOptions,
): ExecAnswer | undefined {
  const subject = subjectOf(options, processText);
  if (!subject || runtime.debug || isRootless() || Deno.build.arch !== "x86_64") return undefined;
  if (readStartFacts() === undefined || state.intel_rdt_path || process.affinity?.initial !== undefined) {
    return undefined;
  }
  if (Object.values(parts).some(Boolean)) return undefined;
  const place = placeOfExecAnswer(directory, subject);
  return { subject, ...place, worth: worthOfAnswer(place.path, place.key) };
}

function subjectOf(
  { given, onlyProcessFile, detach, pidFile }: ExecOptions,
  processText: string | undefined,
): ExecSubject | undefined {
  if (given) return { arguments: given };
  if (!onlyProcessFile || processText === undefined) return undefined;
  return { process: processText, detach, pidFile: pidFile !== undefined };
}

/** What was done. */
export interface Executed extends Pick<PlannedExec, "config"> {
  readonly runtime: RuntimeOptions;
  readonly container: ContainerFacts;
  readonly options: ExecOptions;
  readonly native: Native;
  readonly transcript: Transcript | undefined;
}

/** Leaves the answer to the next `exec` of that kind, while the program runs; or a mark. */
export async function leaveAnswer(
  { runtime: { root, log }, container: { state, directory }, config, native, options, transcript }: Executed,
  { subject, path, key, worth }: ExecAnswer,
): Promise<void> {
  try {
    if (log.warned) return;
    if (worth === "mark") leaveIn(directory, () => leaveMark(path, key));
    if (!transcript) return;
    const { leaveExecAnswer } = await import("./exec_answer.ts");
    const { detach } = options;
    const why = leaveExecAnswer(native, {
      root,
      directory,
      path,
      state,
      config,
      subject,
      detach,
      transcript,
    });
    if (why !== undefined) log.debug(`no answer for the command: ${why}`);
  } catch (error) {
    log.debug(`no answer for the command: ${(error as Error).message}`);
  }
}
