/**
 * The answer to `state`, left by the second one of a container for its executable's entry stub: what would be printed in
 * each status, and how to tell which it is. Paused is left to TypeScript.
 *
 * What it does is what `state.ts` does.
 *
 * @module
 */
import { AnswerKernel } from "../../ffi/answer.ts";
import { SIG_IGN, SIGPIPE } from "../../ffi/constants/signal.ts";
import { ENOENT, EPIPE } from "../../ffi/errno.ts";
import { AT_FDCWD, Out } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { STAT_SIZE } from "../../ffi/structs/stat.ts";
import { encodeSigaction } from "../../ffi/structs/sigaction.ts";
import { modeOf } from "../cgroups/mode.ts";
import { NO_PROCESS } from "../process/process_stat.ts";
import { EXEC_FIFO } from "../state/exec_fifo.ts";
import { STATE_FILE } from "../state/state_file.ts";
import { leaveIn, putInPlace } from "./answer_worth.ts";
import { expectStartedAt } from "./answered_process.ts";
import { expectThawed } from "./answers.ts";
import { type ContainerState, describeContainer } from "./container_state.ts";
import type { ContainerFacts } from "./load_facts.ts";
import { expectCaller, expectFile } from "./replay.ts";

/** Up to so many bytes go to a pipe at once or not at all (pipe(7)). */
const PIPE_BUF = 4096;
const STATUSES = ["created", "running", "stopped"] as const;

/**
 * Writes the answer.
 *
 * @param path where it goes
 * @param print what `state` prints
 */
export function writeStateAnswer(
  container: ContainerFacts,
  path: string,
  print: (state: ContainerState) => string,
): void {
  const answer = makeAnswer(container, print);
  if (answer) leaveIn(container.directory, () => putInPlace(path, answer));
}

function makeAnswer(
  container: ContainerFacts,
  print: (state: ContainerState) => string,
): Uint8Array<ArrayBuffer> | undefined {
  const { id, state, directory } = container, paths = state.cgroup_paths;
  const native = openNative(), kernel = new AnswerKernel(native), local = new LocalKernel(native);
  const [created, running, stopped] = STATUSES.map((status) => {
    return new TextEncoder().encode(print(describeContainer({ id, state, status }, "")));
  }) as [Uint8Array, Uint8Array, Uint8Array];
  if (created.length > PIPE_BUF || state.init_process_pid === 0) return undefined;
  const say = (text: Uint8Array) => {
    // Who reads no more is no failure.
    kernel.call("rt_sigaction", [SIGPIPE, encodeSigaction(SIG_IGN), 0, 8]);
    const written = kernel.call("write", [1, text, text.length], { accept: [EPIPE] });
    kernel.when(written, "ok", () => kernel.expectValue(written, text.length));
    kernel.exitGroup(0);
  };
  expectFile(kernel, local, `${directory}/${STATE_FILE}`);
  expectCaller(kernel, local);
  const pidfd = kernel.pidfdOpen(state.init_process_pid, 0, { accept: NO_PROCESS });
  kernel.when(pidfd, "failed", () => say(stopped));
  kernel.when(kernel.hasEnded(pidfd), "nonzero", () => say(stopped));
  expectStartedAt(kernel, state.init_process_pid, state.init_process_start);
  expectThawed(kernel, { mode: modeOf(paths), paths });
  const fifo = kernel.newfstatat(AT_FDCWD, `${directory}/${EXEC_FIFO}`, new Out(STAT_SIZE), 0, {
    accept: [ENOENT],
  });
  kernel.when(fifo, "ok", () => say(created));
  say(running);
  return kernel.finish();
}
