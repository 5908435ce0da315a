import type { AnswerKernel } from "../../ffi/answer.ts";
import { AT_REMOVEDIR, O_CLOEXEC, O_WRONLY } from "../../ffi/constants/open.ts";
import { EEXIST } from "../../ffi/errno.ts";
import type { FileEvent } from "../../ffi/files.ts";
import { AT_FDCWD, Out } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import { ID_SIZE, terminated } from "./replay.ts";

/**
 * What was done to files for a container, to be done for another one of the same kind: where a cgroup is named by the
 * container's id, that of now stands in its place.
 */
export class ReplayedFiles {
  readonly #kernel: AnswerKernel;
  readonly #config: Config;
  readonly #cgroups: readonly string[];
  readonly #id: Out;

  /**
   * @param config of the first container
   * @param cgroups directories of its cgroups
   * @param id the id of now, as text
   */
  constructor(kernel: AnswerKernel, config: Config, cgroups: readonly string[], id: Out) {
    this.#kernel = kernel;
    this.#config = config;
    this.#cgroups = cgroups;
    this.#id = id;
  }

  /** Whether a cgroup's directory is named by the container's id. */
  isNamed(path: string): boolean {
    const { cgroup, id } = this.#config;
    return cgroup.path === "" && path.endsWith(`/${id}`);
  }

  /** A path, with the name of now where it is one in a cgroup that is named by the id. */
  path(path: string): string | Out {
    const { id } = this.#config;
    for (const directory of this.#cgroups) {
      if (!this.isNamed(directory) || path !== directory && !path.startsWith(`${directory}/`)) continue;
      const before = directory.slice(0, -id.length), after = path.slice(directory.length);
      return this.#kernel.text(path.length + ID_SIZE, before, this.#id, after).text;
    }
    return path;
  }

  /** Does to files what was done. Returns what queues that directories are removed again. */
  replay(events: readonly FileEvent[]): () => void {
    const kernel = this.#kernel, undo: (() => void)[] = [];
    for (const event of events) {
      const path = this.path(event.path);
      if (event.kind === "made") {
        // The cgroup itself must be new.
        const accept = this.#cgroups.includes(event.path) ? [] : [EEXIST];
        const made = kernel.call("mkdirat", [AT_FDCWD, path, event.mode], { accept });
        undo.unshift(() => {
          kernel.when(made, "ok", () => {
            kernel.call("unlinkat", [AT_FDCWD, path, AT_REMOVEDIR], { accept: "any" });
          });
        });
        continue;
      }
      const isRead = event.kind === "read", flags = (isRead ? 0 : O_WRONLY) | O_CLOEXEC;
      const file = kernel.call("openat", [AT_FDCWD, path, flags, 0]);
      if (isRead) {
        const text = new Out(Math.max(4096, event.text.length + 64));
        kernel.read(file, text);
        kernel.expectBytes(text, terminated(event.text));
      } else kernel.write(file, event.data);
      kernel.close(file);
    }
    return () => undo.forEach((step) => step());
  }
}
