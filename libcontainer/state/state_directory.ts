import { RuntError } from "../error.ts";

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
    Deno.mkdirSync(directory, { mode: 0o711 });
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
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A lock on a container: one request that changes it at a time (`flock(2)` on its directory). */
export class ContainerLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(readonly directory: string, file: Deno.FsFile) {
    this.#file = file;
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
    if (inode(`${directory}/state.json`) === null) return lock;
    lock[Symbol.dispose]();
    throw taken();
  }

  /**
   * Waits for the lock. It ends with the process at the latest, so a killed runt leaves none.
   *
   * @throws {RuntError} `not-found` when there is no such container (any more)
   */
  static take(directory: string): ContainerLock {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(directory);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) throw new RuntError("not-found", "container does not exist");
      throw new RuntError("io", `cannot open ${directory}`, { cause });
    }
    file.lockSync(true);
    // Whoever held it may have removed the directory: the lock is then on something that nobody finds.
    if (inode(directory) !== file.statSync().ino) {
      file.close();
      throw new RuntError("not-found", "container does not exist");
    }
    return new ContainerLock(directory, file);
  }

  [Symbol.dispose](): void {
    this.#file.close();
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
  try {
    Deno.removeSync(directory);
  } catch { /* see above */ }
}

function inode(path: string): number | null {
  try {
    return Deno.lstatSync(path).ino;
  } catch {
    return null;
  }
}
