/**
 * Hooks that are run by this process: those of the host by runt, and in self mode all of them.
 *
 * A hook's process is an init image first, so that it can be made fit by calls sent to it: Deno's own way to run a
 * program would leave it signals that are ignored and a limit of open files that Deno has raised.
 *
 * @module
 */
import { decodeChildStatus, SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";
import { POLLIN } from "../../ffi/constants/poll.ts";
import { SIGKILL } from "../../ffi/constants/signal.ts";
import { __WALL, P_PIDFD, WEXITED } from "../../ffi/constants/wait.ts";
import { ESRCH } from "../../ffi/errno.ts";
import { Out } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { spawn } from "../../ffi/spawn.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { resetSignals } from "../init/first_steps.ts";
import { killAndReap } from "../process/wait.ts";
import type { Hook, Hooks } from "../spec/hooks.ts";
import { becomeHook, type ChildOptions, patienceOf } from "./child.ts";
import type { HookState } from "./hook_state.ts";
import { hookError, type Outcome } from "./outcome.ts";
import { closeStreams, type HookStreams, openStreams, readOutput, rewind } from "./streams.ts";

/** What is told of a hook that failed. */
export type OnFailure = (error: Error) => void;

/**
 * Runs the hooks of a kind, in order.
 *
 * @param onFailure what becomes of a failure; by default it is thrown, and no more hooks are run
 * @throws {RuntError} with runc's text for the first hook that fails
 */
export function runHooksHere(
  native: Native,
  local: LocalKernel,
  kind: keyof Hooks,
  hooks: readonly Hook[] | undefined,
  state: HookState,
  options: ChildOptions,
  onFailure: OnFailure = fail,
): void {
  if (!hooks?.length) return;
  const streams = openStreams(local, state, 0);
  try {
    hooks.forEach((hook, index) => {
      rewind(local, streams);
      const error = hookError(kind, index, hook, runHere(native, local, hook, streams, options));
      if (error) onFailure(error);
    });
  } finally {
    closeStreams(local, streams);
  }
}

function fail(error: Error): never {
  throw error;
}

function runHere(
  native: Native,
  local: LocalKernel,
  hook: Hook,
  streams: HookStreams,
  options: ChildOptions,
): Outcome {
  let pidfd = -1, control = -1;
  try {
    const { kernel } = spawn(native, local, {
      namespaces: 0,
      argv: ["runt hook"],
      firstFreeFd: 3,
      onSpawn: (fd) => pidfd = fd,
    });
    control = kernel.control;
    resetSignals(kernel, readStartFacts()?.ignoredSignals);
    const exec = becomeHook(kernel, hook, streams, options);
    // An answer comes only if it was not executed.
    kernel.sendTail(false)();
    if (exec.raw !== undefined) {
      killAndReap(local, pidfd);
      return { errno: exec.errno, timedOut: false, code: 0, status: 0, output: () => ["", ""] };
    }
    const poll = encodePollfds([{ fd: pidfd, events: POLLIN }]), patience = patienceOf(hook);
    const timedOut = patience >= 0 && local.poll(poll, 1, patience).value === 0;
    if (timedOut) local.pidfdSendSignal(pidfd, SIGKILL, { accept: [ESRCH] });
    const info = new Out(SIGINFO_SIZE);
    local.waitid(P_PIDFD, pidfd, info, WEXITED | __WALL);
    const { code, status } = decodeChildStatus(info)!;
    return {
      errno: 0,
      timedOut,
      code,
      status,
      output: () => readOutput(local, streams),
    };
  } catch (error) {
    if (pidfd >= 0) killAndReap(local, pidfd);
    throw error;
  } finally {
    for (const fd of [control, pidfd]) if (fd >= 0) local.close(fd);
  }
}
