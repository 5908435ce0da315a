/**
 * The FIFO by which `start` lets the container's process go on.
 *
 * The init opens it for reading and writing, so that it never sees an end of file, and reads one byte; `start` opens
 * it for writing without waiting, which fails with ENXIO when nobody reads: the init is gone.
 *
 * @module
 */
import { O_CLOEXEC, O_NONBLOCK, O_WRONLY } from "../../ffi/constants/open.ts";
import { S_IFIFO, S_IFMT } from "../../ffi/constants/stat.ts";
import { lookAt, removeFile } from "../../ffi/files.ts";
import { ENXIO, EPIPE } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel, type Result } from "../../ffi/kernel.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { RuntError } from "../error.ts";

/** Milliseconds between two looks at whether there is anything to wait for. */
const LOOK_MS = 100;
/** Its name in the state directory. */
export const EXEC_FIFO = "exec.fifo";

/** Its path. */
export function execFifoPath(directory: string): string {
  return `${directory}/${EXEC_FIFO}`;
}

/** Makes it; only root reads and writes it. */
export function makeExecFifo(kernel: Kernel, directory: string): void {
  kernel.mknodat(AT_FDCWD, execFifoPath(directory), S_IFIFO | 0o600, 0);
  kernel.flush();
}

/** Whether it is there: the container was created and not yet started. */
export function hasExecFifo(directory: string): boolean {
  return ((lookAt(execFifoPath(directory))?.mode ?? 0) & S_IFMT) === S_IFIFO;
}

/**
 * Lets the init go on, and removes the FIFO.
 *
 * @returns waits until the init has executed its program, or has ended: it has the FIFO open until then, also while
 *   it runs startContainer hooks; not when it is held up, as one that was paused in this moment is
 * @throws {RuntError} `wrong-state` when the init is gone
 */
export function releaseExecFifo(kernel: Kernel, directory: string): (isHeldUp: () => boolean) => void {
  const path = execFifoPath(directory);
  const fd = kernel.openat(AT_FDCWD, path, O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0, { accept: [ENXIO] });
  kernel.flush();
  if (!fd.ok) throw new RuntError("wrong-state", "cannot start a container that has stopped");
  // EPIPE: it ended in this moment. SIGPIPE is ignored: Deno sees to that.
  const written = kernel.write(fd, "0", { accept: [EPIPE] });
  kernel.flush();
  if (!written.ok) {
    kernel.close(fd);
    throw new RuntError("wrong-state", "cannot start a container that has stopped");
  }
  removeFile(path);
  return (isHeldUp) => {
    // Asked for nothing, a FIFO without readers still says POLLERR.
    const fifo = encodePollfds([{ fd: fd.value, events: 0 }]);
    let ended: Result;
    do {
      ended = kernel.poll(fifo, 1, LOOK_MS);
      kernel.flush();
    } while (ended.value === 0 && !isHeldUp());
    kernel.close(fd);
    kernel.flush();
  };
}
