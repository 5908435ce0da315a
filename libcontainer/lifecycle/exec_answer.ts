/**
 * The answer to the next `exec` of the same command line in the same container, left in its state directory for the
 * executable's entry stub: all that this one did, without what it took to find out what to do. A health check is such a
 * command. It holds as long as all that was looked at is the same: arguments, config.json, state, the caller's
 * namespaces and streams, and whatever the process came upon in the container.
 *
 * What it does is what `exec.ts` does.
 *
 * @module
 */
import { AnswerKernel } from "../../ffi/answer.ts";
import { O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../ffi/constants/open.ts";
import { AF_UNIX, SOCK_CLOEXEC, SOCK_SEQPACKET } from "../../ffi/constants/socket.ts";
import { __WALL, P_PID, WEXITED } from "../../ffi/constants/wait.ts";
import { AT_FDCWD, Out, type Result, u64s } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { At, Prepared, Word } from "../../ffi/operation.ts";
import { SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";
import type { Reply, Transcript } from "../../ffi/transcript.ts";
import { modeOf } from "../cgroups/mode.ts";
import type { Config } from "../config/config.ts";
import { keptSignals } from "../process/foreground.ts";
import { STATE_FILE, type StateFile } from "../state/state_file.ts";
import { type ExecSubject, leaveIn, putInPlace } from "./answer_worth.ts";
import { noteAnswered } from "./answered_note.ts";
import { AnsweredPidFile } from "./answered_pid_file.ts";
import { expectAlive } from "./answered_process.ts";
import { expectThawed } from "./answers.ts";
import {
  endChild,
  expectCaller,
  expectContent,
  expectExecuted,
  expectFile,
  expectStreams,
  keepSignals,
  replayReply,
  replayRlimits,
  replaySent,
  replaySpawn,
  replyBuffer,
  terminated,
} from "./replay.ts";

/** What is to be answered. */
export interface ExecAnswered {
  /** Directory of the containers' state. */
  readonly root: string;
  /** The container's own. */
  readonly directory: string;
  readonly state: StateFile;
  /** Where the answer is kept. */
  readonly path: string;
  readonly config: Config;
  /** What it is known by. */
  readonly subject: ExecSubject;
  readonly detach: boolean;
  readonly transcript: Transcript;
}

/**
 * Leaves the answer.
 *
 * @returns why there is none, or undefined
 */
export function leaveExecAnswer(native: Native, answered: ExecAnswered): string | undefined {
  const { transcript, path } = answered;
  if (transcript.spoiled !== undefined || !transcript.spawned) {
    return transcript.spoiled ?? "not all was written down";
  }
  const answer = makeAnswer(native, answered);
  leaveIn(answered.directory, () => putInPlace(path, answer));
  return undefined;
}

function makeAnswer(native: Native, answered: ExecAnswered): Uint8Array<ArrayBuffer> {
  const { root, state, config, subject, detach, transcript } = answered, any = { accept: "any" } as const;
  const kernel = new AnswerKernel(native), local = new LocalKernel(native);
  const pidFile = expectSubject(kernel, subject);
  expectFile(kernel, local, `${answered.directory}/${STATE_FILE}`);
  expectFile(kernel, local, `${state.runt.bundle}/config.json`);
  expectCaller(kernel, local);
  expectStreams(kernel, local, config.process.uid);
  const init = expectAlive(kernel, state.init_process_pid, state.init_process_start);
  expectThawed(kernel, { mode: modeOf(state.cgroup_paths), paths: state.cgroup_paths });
  kernel.change();
  const putSignalsBack = keepSignals(kernel), handed = handDown(kernel, init, transcript);
  const cgroup = transcript.cgroup === undefined
    ? undefined
    : kernel.openat(AT_FDCWD, transcript.cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const first = replaySpawn(kernel, native, local, transcript.spawned!, cgroup);
  if (cgroup) kernel.close(cgroup);
  handed.close();
  const buffer = replyBuffer(transcript), pid = new Word(new Prepared(new Uint8Array(8).fill(0xff)), 0);
  let socket = first.socket, pidfd = kernel.call("fact", [0]), last: Reply | undefined;
  for (const event of transcript.events) {
    if (event.kind === "sent") replaySent(kernel, socket, event);
    else if (event.kind === "reply") replayReply(kernel, socket, last = event, buffer);
    else if (event.name === "limit") replayRlimits(kernel, pid, config.process);
    else if (event.name === "pid file") pidFile?.write(pid);
    else {
      // The first process has made another one, which goes on, and answers the message that made it, too.
      kernel.call("copy", [pid.out, new At(buffer, last!.pidAt!), 8]);
      pidfd = kernel.call("pidfd_open", [pid, 0]);
      kernel.call("close", [socket]);
      socket = handed.socket;
      kernel.call("read", [socket, buffer, buffer.size]);
    }
  }
  expectExecuted(kernel, socket, buffer);
  kernel.waitid(P_PID, first.pid, new Out(SIGINFO_SIZE), WEXITED | __WALL, any);
  noteAnswered(kernel, root, `"id":${JSON.stringify(state.id)},"event":"exec","pid":`, kernel.decimal(pid));
  if (!detach) kernel.exitGroup(kernel.wait(pid, pidfd, keptSignals()));
  else kernel.exitGroup(0);
  kernel.undo(() => {
    // All that may have been made is ended by the end of its socket, and by this.
    kernel.when(pidfd, "ok", () => {
      endChild(kernel, pid, pidfd);
    });
    pidFile?.undo();
    first.undo();
    handed.undo();
    putSignalsBack();
  });
  return kernel.finish();
}

/** The answer holds only for what it is known by. Returns its pid file, if it has one. */
function expectSubject(kernel: AnswerKernel, subject: ExecSubject): AnsweredPidFile | undefined {
  if ("arguments" in subject) {
    const bytes = terminated(subject.arguments.join("\0"));
    kernel.expectValue(kernel.fact("givenSize"), bytes.length);
    kernel.expectBytes(kernel.fact("given"), bytes);
    return undefined;
  }
  kernel.expectValue(kernel.fact("options"), subject.detach ? 1 : 0);
  expectContent(kernel, kernel.fact("process"), subject.process);
  const path = kernel.fact("pidFile");
  if (subject.pidFile) return new AnsweredPidFile(kernel, path);
  kernel.expect(path, "zero");
  return undefined;
}

/** Puts what the first process is handed down at the numbers by which it is told of it. */
function handDown(kernel: AnswerKernel, init: Result, { handed }: Transcript) {
  const any = { accept: "any" } as const, { init: initAt = 0, control: controlAt = 0 } = handed;
  const initThere = kernel.call("dup3", [init, initAt, 0]);
  const pair = new Out(8), made = kernel.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
  const socket = kernel.word32(pair, 0), theirs = kernel.word32(pair, 4);
  // Our end must not be what is replaced.
  const same = kernel.call("compare", [new At(pair, 0), u64s(controlAt).slice(0, 4), 4]);
  kernel.expect(same, "nonzero");
  const controlThere = kernel.call("dup3", [theirs, controlAt, 0]);
  kernel.call("close", [theirs]);
  const close = () => {
    kernel.close(initAt);
    kernel.close(controlAt);
  };
  const undo = () => {
    kernel.when(initThere, "ok", () => void kernel.close(initAt, any));
    kernel.when(controlThere, "ok", () => void kernel.close(controlAt, any));
    kernel.when(made, "ok", () => void kernel.call("close", [socket], any));
  };
  return { socket, close, undo };
}
