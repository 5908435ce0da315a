import type { AnswerKernel } from "../../ffi/answer.ts";
import { O_CLOEXEC, O_CREAT, O_EXCL, O_WRONLY } from "../../ffi/constants/open.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { AT_FDCWD, Out, type Result } from "../../ffi/kernel.ts";
import type { Word } from "../../ffi/operation.ts";
import { STAT_SIZE } from "../../ffi/structs/stat.ts";

const PATH_MAX = 4096;
const ANY = { accept: "any" } as const;

/** The pid file of a command that is answered, at a path that is another one each time. What it does is what `writePidFile()` does. */
export class AnsweredPidFile {
  readonly #kernel: AnswerKernel;
  readonly #path: Result;
  readonly #temporary: Out;
  #made: Result | undefined;
  #renamed: Result | undefined;

  /** @param path where the path's address is found */
  constructor(kernel: AnswerKernel, path: Result) {
    this.#kernel = kernel;
    this.#path = path;
    // One that is too long for the kernel is too long for what follows.
    kernel.call("newfstatat", [AT_FDCWD, path, new Out(STAT_SIZE), 0], { accept: [ENOENT] });
    const halves = [{ part: "directory", of: path }, ".", { part: "name", of: path }] as const;
    this.#temporary = kernel.text(PATH_MAX + 1, ...halves).text;
  }

  /** Queues its writing, as something that changes something. */
  write(pid: Word): void {
    const kernel = this.#kernel, temporary = this.#temporary;
    const { text, size } = kernel.text(24, kernel.decimal(pid));
    kernel.call("unlinkat", [AT_FDCWD, temporary, 0], ANY);
    const fd = kernel.call("openat", [AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666]);
    this.#made = fd;
    kernel.call("write", [fd, text, size]);
    kernel.close(fd);
    this.#renamed = kernel.call("renameat", [AT_FDCWD, temporary, AT_FDCWD, this.#path]);
  }

  /** Queues what removes it. */
  undo(): void {
    const kernel = this.#kernel, temporary = this.#temporary, path = this.#path;
    kernel.when(this.#made!, "ok", () => void kernel.call("unlinkat", [AT_FDCWD, temporary, 0], ANY));
    kernel.when(this.#renamed!, "ok", () => void kernel.call("unlinkat", [AT_FDCWD, path, 0], ANY));
  }
}
