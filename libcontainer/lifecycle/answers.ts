/**
 * Answers to `start`, `kill` and `delete`, left in the state directory for the executable's entry stub to give before Deno
 * starts: for a container that is as it was left they are always the same few system calls.
 *
 * An answer first makes sure that all is as expected, under the container's lock; else it changes nothing, and the command
 * does its work as if there were no answer. What it does is what `start.ts`, `kill.ts` and `delete.ts` do; like
 * that, `kill` takes no lock.
 *
 * @module
 */
import { NO_PROCESS } from "../process/process_stat.ts";
import { writeFile } from "../../ffi/files.ts";
import { LOCK_EX } from "../../ffi/constants/fcntl.ts";
import {
  AT_REMOVEDIR,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDWR,
  O_WRONLY,
} from "../../ffi/constants/open.ts";
import { AnswerKernel } from "../../ffi/answer.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { AT_FDCWD, Out, type Result, u64s } from "../../ffi/kernel.ts";
import { SIGKILL } from "../../ffi/constants/signal.ts";
import { At, Prepared } from "../../ffi/operation.ts";
import { STAT, STAT_SIZE } from "../../ffi/structs/stat.ts";
import type { Native } from "../../ffi/native.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import { EXEC_FIFO } from "../state/exec_fifo.ts";
import { journalPath } from "../state/journal.ts";
import { DELETE_ANSWER, KILL_ANSWER, START_ANSWER, USUAL_FILES } from "../state/state_directory.ts";
import { STATE_FILE } from "../state/state_file.ts";
import { noteAnswered } from "./answered_note.ts";
import { expectAlive } from "./answered_process.ts";

/** What the answers are about. */
export interface Answered {
  /** Directory of the containers' state. */
  readonly root: string;
  readonly id: string;
  /** The container's own directory. */
  readonly directory: string;
  readonly cgroup: Pick<CgroupManager, "mode" | "paths">;
  /** The init. */
  readonly pid: number;
}

/**
 * Leaves the answer to `start`: lets the program go, if the container is `created` and not frozen.
 *
 * Not for a container whose start is more than that.
 */
export function leaveStartAnswer(native: Pick<Native, "numbers">, container: Answered): void {
  const kernel = new AnswerKernel(native), { directory } = container;
  const state = lock(kernel, directory);
  expectThawed(kernel, container.cgroup);
  const note = prepareNote(kernel, container, "start");
  // Fails when nobody reads: the init is gone. A second one, open for reading too, has no signal come when it goes just now.
  const fifo = kernel.openat(state, EXEC_FIFO, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  kernel.openat(state, EXEC_FIFO, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  kernel.write(fifo, "0");
  kernel.unlinkat(state, EXEC_FIFO, 0);
  kernel.unlinkat(state, START_ANSWER, 0, { accept: "any" });
  note();
  leave(directory, START_ANSWER, kernel.finish());
}

/**
 * Leaves the answer to `delete`: removes the cgroup and the state directory, if the init has ended.
 *
 * Not for a container whose processes may outlive their init (no pid namespace of its own), or that has more to remove.
 */
export function leaveDeleteAnswer(native: Pick<Native, "numbers">, container: Answered): void {
  const kernel = new AnswerKernel(native), { directory, cgroup } = container;
  const state = lock(kernel, directory);
  expectEnded(kernel, container.pid);
  const note = prepareNote(kernel, container, "delete");
  // One that somebody is still in, or below, ends the answer; those that are gone by then are not missed.
  for (const path of new Set(Object.values(cgroup.paths))) {
    kernel.unlinkat(AT_FDCWD, path, AT_REMOVEDIR, { accept: [ENOENT] });
  }
  for (const name of USUAL_FILES) {
    kernel.unlinkat(state, name, 0, { accept: [ENOENT] });
  }
  kernel.unlinkat(AT_FDCWD, directory, AT_REMOVEDIR);
  note();
  leave(directory, DELETE_ANSWER, kernel.finish());
}

/**
 * Leaves the answer to `kill`: signals the init.
 *
 * Not for a container whose processes may outlive their init (no pid namespace of its own).
 *
 * @param startTime the init's
 * @param state inode of the file that holds the container's facts once it is made; before, nobody may signal it
 */
export function leaveKillAnswer(
  native: Pick<Native, "numbers">,
  container: Answered,
  startTime: number,
  state: number,
): void {
  const kernel = new AnswerKernel(native), { directory, pid, root, id } = container;
  const stat = new Out(STAT_SIZE);
  kernel.newfstatat(AT_FDCWD, `${directory}/${STATE_FILE}`, stat, 0);
  kernel.expectBytes(new At(stat, STAT.ino), u64s(state));
  const pidfd = expectAlive(kernel, pid, startTime), signal = kernel.fact("signal");
  kernel.call("pidfd_send_signal", [pidfd, signal, 0, 0]);
  // A frozen process gets its SIGKILL only when it is thawed, which is more than an answer does.
  const isOther = kernel.call("compare", [new Prepared(u64s(SIGKILL)), signal, 8]);
  kernel.when(isOther, "zero", () => expectThawed(kernel, container.cgroup));
  noteAnswered(kernel, root, `"id":${JSON.stringify(id)},"event":"kill","signal":`, kernel.decimal(signal));
  leave(directory, KILL_ANSWER, kernel.finish());
}

function lock(kernel: AnswerKernel, directory: string): Result {
  const state = kernel.openat(AT_FDCWD, directory, O_DIRECTORY | O_CLOEXEC);
  // One that was removed meanwhile has none of the files that the answer names.
  kernel.flock(state, LOCK_EX);
  return state;
}

export function expectThawed(kernel: AnswerKernel, { mode, paths }: Answered["cgroup"]): void {
  const unified = mode === "unified", directory = unified ? paths[""] : paths.freezer;
  if (directory === undefined) return;
  const file = `${directory}/${unified ? "cgroup.freeze" : "freezer.state"}`,
    thawed = unified ? "0\n" : "THAWED\n";
  const fd = kernel.openat(AT_FDCWD, file, O_CLOEXEC, 0, { accept: [ENOENT] });
  kernel.when(fd, "ok", () => {
    const text = new Out(16), expected = new TextEncoder().encode(thawed);
    kernel.read(fd, text);
    kernel.expect(kernel.call("compare", [text, expected, expected.length]), "zero");
  });
}

/** A pid that is another process's by now makes the answer fail, unless that one has ended as well. */
function expectEnded(kernel: AnswerKernel, pid: number): void {
  const pidfd = kernel.pidfdOpen(pid, 0, { accept: NO_PROCESS });
  kernel.when(pidfd, "ok", () => {
    kernel.expect(kernel.hasEnded(pidfd), "nonzero");
  });
}

/** The journal's line, its time written before anything is changed: it may be another day by now. */
function prepareNote(kernel: AnswerKernel, { root, id }: Answered, event: string): () => void {
  const after = `",${JSON.stringify({ id, event }).slice(1)}\n`;
  const { text, size } = kernel.clock('{"time":"', after);
  return () => {
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
    const journal = kernel.openat(AT_FDCWD, journalPath(root), flags, 0o600, { accept: "any" });
    kernel.when(journal, "ok", () => {
      kernel.call("write", [journal, text, size], { accept: "any" });
    });
  };
}

/** Of use to nobody before it is whole: its header says how long it must be. */
function leave(directory: string, name: string, answer: Uint8Array<ArrayBuffer>): void {
  writeFile(`${directory}/${name}`, answer, { mode: 0o600, createNew: true });
}
