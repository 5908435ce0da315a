import { LOCK_EX, LOCK_NB } from "../../ffi/constants/fcntl.ts";
import { O_CLOEXEC, O_DIRECTORY } from "../../ffi/constants/open.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { lookAt, makeDirectory, tryRemove } from "../../ffi/files.ts";
import { AT_FDCWD, type Kernel, Out } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { STAT, STAT_SIZE } from "../../ffi/structs/stat.ts";
import { RuntError } from "../error.ts";
import { EXEC_FIFO } from "./exec_fifo.ts";
import { STATE_FILE } from "./state_file.ts";

/** What the entry stub does for `start`, `kill` and `delete` (`lifecycle/answers.ts`). */
export const START_ANSWER = "start.answer", KILL_ANSWER = "kill.answer", DELETE_ANSWER = "delete.answer";
/** The same for `state` (`lifecycle/state_answer.ts`). */
export const STATE_ANSWER = "state.answer";
/** What it does for `exec`, by a hash of the arguments (`lifecycle/exec_answer.ts`). */
export const EXEC_ANSWERS: readonly string[] = [0, 1, 2, 3, 4, 5, 6, 7].map((slot) => `exec${slot}.answer`);
/** The same for `exec --process`, by the size of the process's file. */
export const PROCESS_ANSWERS: readonly string[] = [0, 1, 2, 3].map((slot) => `execp${slot}.answer`);
/** An answer that is being written. */
export const NEW_ANSWER = ".new.answer";
/**
 * What most containers' directories hold: removed by name, without being listed. The facts last: without them nobody
 * would know the rest.
 */
export const USUAL_FILES: readonly string[] = [
  EXEC_FIFO,
  START_ANSWER,
  KILL_ANSWER,
  STATE_ANSWER,
  ...EXEC_ANSWERS,
  ...PROCESS_ANSWERS,
  NEW_ANSWER,
  DELETE_ANSWER,
  STATE_FILE,
];

/** The directory of one container's state, below the root. */
export function stateDirectory(root: string, id: string): string {
  return `${root}/${id}`;
}

/**
 * Makes the state directory. Of several makers one wins.
 *
 * @throws {RuntError} `exists` when the id is taken
 */
function makeStateDirectory(root: string, id: string): string {
  const directory = stateDirectory(root, id);
  try {
    makeDirectory(directory, 0o711);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
      return makeStateDirectory(root, id);
    }
    if (error instanceof Deno.errors.AlreadyExists) {
      throw taken();
    }
    throw new RuntError("io", `cannot make the state directory ${directory}`, { cause: error });
  }
  return directory;
}

/** Removes the state directory and all in it; one that is gone is fine. */
export function removeStateDirectory(directory: string): void {
  for (const name of USUAL_FILES) {
    if (tryRemove(`${directory}/${name}`) && tryRemove(directory, { directory: true })) return;
  }
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A lock on a container: one request that changes it at a time (`flock(2)` on its directory). */
export class ContainerLock implements Disposable {
  readonly #kernel: Kernel;
  readonly #fd: number;

  private constructor(readonly directory: string, kernel: Kernel, fd: number) {
    this.#kernel = kernel;
    this.#fd = fd;
  }

  /**
   * Makes the state directory of a new container, and takes its lock.
   *
   * @throws {RuntError} `exists` when the id is taken
   */
  static takeNew(root: string, id: string): ContainerLock {
    const directory = makeStateDirectory(root, id);
    let lock: ContainerLock;
    try {
      lock = ContainerLock.take(directory);
    } catch (error) {
      removeEmpty(directory);
      throw error;
    }
    // Between the two, a deletion may have removed the directory, and another maker made this one.
    if (lookAt(`${directory}/${STATE_FILE}`) === undefined) return lock;
    lock[Symbol.dispose]();
    throw taken();
  }

  /**
   * Waits for the lock. It ends with the process at the latest, so a killed runt leaves none.
   *
   * @throws {RuntError} `not-found` when there is no such container (any more)
   */
  static take(directory: string): ContainerLock {
    return ContainerLock.#lock(directory, LOCK_EX);
  }

  /** Takes the lock at once, or not: undefined when somebody has it, or there is no such container. */
  static tryTake(directory: string): ContainerLock | undefined {
    try {
      return ContainerLock.#lock(directory, LOCK_EX | LOCK_NB);
    } catch {
      return undefined;
    }
  }

  static #lock(directory: string, operation: number): ContainerLock {
    const kernel = new LocalKernel(openNative());
    let fd: number;
    try {
      const opened = kernel.openat(AT_FDCWD, directory, O_DIRECTORY | O_CLOEXEC, 0, { accept: [ENOENT] });
      if (!opened.ok) throw new RuntError("not-found", "container does not exist");
      fd = opened.value;
    } catch (cause) {
      if (cause instanceof RuntError) throw cause;
      throw new RuntError("io", `cannot open ${directory}`, { cause });
    }
    const stat = new Out(STAT_SIZE), lock = new ContainerLock(directory, kernel, fd);
    try {
      kernel.flock(fd, operation);
      kernel.call("fstat", [fd, stat]);
      // Whoever held it may have removed the directory: the lock is then on something that nobody finds.
      if (lookAt(directory)?.inode === Number(stat.view.getBigUint64(STAT.ino, true))) return lock;
      throw new RuntError("not-found", "container does not exist");
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    // An error here would take the place of the one that is on its way.
    this.#kernel.close(this.#fd, { accept: "any" });
  }
}

/** Whether somebody is at work on a container: its maker, as long as there is no process. */
export function isLocked(directory: string): boolean {
  try {
    using file = Deno.openSync(directory);
    return !file.tryLockSync(false);
  } catch {
    return false;
  }
}

function taken(): RuntError {
  // runc's text; clients look for it.
  return new RuntError("exists", "container with given ID already exists");
}

/** Removes a directory that nothing is in; one that somebody has filled is his. */
function removeEmpty(directory: string): void {
  tryRemove(directory, { directory: true });
}
