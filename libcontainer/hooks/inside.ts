/**
 * Hooks that the container's own process runs: it clones itself, and the child goes on in the same message with other
 * branches than its parent.
 *
 * ```
 *  clone ─┬─ 0: streams, close, execve → (write the errno, exit)
 *         └─ pid: pidfd_open, ppoll(timeout) → (kill) , waitid, read the errno
 * ```
 *
 * `clone(2)` and not `clone3(2)`: filters of system calls that engines use know only the flags of the former, and
 * forbid the latter.
 *
 * @module
 */
import { MFD_CLOEXEC, SEEK_SET } from "../../ffi/constants/fcntl.ts";
import { POLLIN } from "../../ffi/constants/poll.ts";
import { SIGCHLD, SIGKILL } from "../../ffi/constants/signal.ts";
import { __WALL, P_PID, WEXITED } from "../../ffi/constants/wait.ts";
import { Block, type Kernel, Out, type Result, u64s, Word } from "../../ffi/kernel.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { SI_CODE, SI_STATUS, SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";
import type { Hook } from "../spec/hooks.ts";
import { becomeHook, type ChildOptions, patienceOf } from "./child.ts";
import type { HookState } from "./hook_state.ts";
import type { Outcome } from "./outcome.ts";
import { type HookStreams, openMemory, openStreams, readOutput, rewind } from "./streams.ts";

const accept = "any";

/** The streams, and a file where a child leaves the errno with which it could not become the hook. */
export interface InsideStreams extends HookStreams {
  readonly failure: number;
}

/** A hook that was queued. */
export interface QueuedHook {
  /** `clone(2)`. */
  readonly child: Result;
  /** Bytes of the errno that a child has left: 8, or 0 when it became the hook. */
  readonly failed: Result;
  /** `-errno`, where there is one. */
  readonly errno: Word;
  /** What `ppoll(2)` came to: 0 when the time was over; undefined without a timeout. */
  readonly polled: Result | undefined;
  /** `si_code` and `si_status`. */
  readonly code: Word;
  readonly status: Word;
}

/** Opens what hooks inside need, in the container's process. */
export function openInside(kernel: Kernel, state: HookState): InsideStreams {
  return { ...openStreams(kernel, state, MFD_CLOEXEC), failure: openMemory(kernel, "failure", MFD_CLOEXEC) };
}

/** Queues the run of a hook; it waits for the hook's end. */
export function queueHook(
  kernel: Kernel,
  hook: Hook,
  streams: InsideStreams,
  options: ChildOptions,
): QueuedHook {
  const { failure } = streams, errno = new Out(8), left = new Out(8), info = new Out(SIGINFO_SIZE);
  rewind(kernel, streams);
  kernel.ftruncate(failure, 0);
  kernel.lseek(failure, 0, SEEK_SET);
  const child = kernel.call("clone", [SIGCHLD, 0, 0, 0, 0], { accept });
  kernel.when(child, "zero", () => {
    const exec = becomeHook(kernel, hook, streams, options);
    kernel.call("copy", [left, exec, 8]);
    kernel.call("write", [failure, left, 8], { accept });
    kernel.exitGroup(127);
  });
  const polled = hook.timeout === undefined ? undefined : queueTimeout(kernel, child, patienceOf(hook));
  kernel.waitid(P_PID, child, info, WEXITED | __WALL, { accept });
  kernel.lseek(failure, 0, SEEK_SET);
  const failed = kernel.read(failure, errno);
  return {
    child,
    failed,
    errno: new Word(errno, 0),
    polled,
    code: new Word(info, SI_CODE),
    status: new Word(info, SI_STATUS),
  };
}

/** Where there is no pidfd to be had, a hook may take its time. */
function queueTimeout(kernel: Kernel, child: Result, milliseconds: number): Result {
  const pidfd = kernel.call("pidfd_open", [child, 0], { accept });
  const time = u64s(Math.floor(milliseconds / 1000), milliseconds % 1000 * 1_000_000);
  const poll = new Block(encodePollfds([{ fd: 0, events: POLLIN }]), [{ at: 0, value: pidfd, size: 4 }]);
  let polled = pidfd;
  kernel.when(pidfd, "ok", () => {
    polled = kernel.call("ppoll", [poll, 1, time, 0, 8], { accept });
    kernel.when(polled, "zero", () => kernel.pidfdSendSignal(pidfd, SIGKILL, { accept }));
    kernel.close(pidfd, { accept });
  });
  return polled;
}

/** Runs a hook inside now. */
export function runInside(
  kernel: Kernel,
  hook: Hook,
  streams: InsideStreams,
  options: ChildOptions,
): Outcome {
  const { child, failed, errno, polled, code, status } = queueHook(kernel, hook, streams, options);
  kernel.flush();
  return {
    errno: child.errno || (failed.value > 0 ? -errno.value : 0),
    timedOut: polled !== undefined && !polled.skipped && polled.value === 0,
    code: code.value,
    status: status.value,
    output: () => readOutput(kernel, streams),
  };
}
