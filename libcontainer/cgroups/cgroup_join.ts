/**
 * How a process that is executed in a container comes into its cgroup.
 *
 * In v2, and in the v2 hierarchy of a hybrid host, it is cloned into it. In v1 it moves itself, which takes no global
 * lock as long as it has one thread and takes the file `tasks`. It does so as the last thing that it needs the host's
 * files for: they are opened before the namespaces are joined, and written to by the process that stays. So neither a
 * limit of processes nor one of memory that the container has reached stands in the way, as little as in runc.
 *
 * @module
 */
import { O_CLOEXEC, O_WRONLY } from "../../ffi/constants/open.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { modeOf } from "./mode.ts";
import { isOptional } from "./optional_controller.ts";

/** What decides how a process joins. */
export interface CgroupJoinOptions {
  /** The directories, by controller; v2's by the empty string. */
  readonly paths: Readonly<Record<string, string>>;
  /** Somebody has named a cgroup: no other will do. */
  readonly exact: boolean;
  /** A process that may not join stays where it is. */
  readonly rootless: boolean;
  /** v2: the cgroup's directory of the container's init, which may have moved since. */
  initCgroup(): string | undefined;
}

/** The joining of one process. */
export class CgroupJoin {
  readonly #options: CgroupJoinOptions;
  readonly #unified: boolean;
  /** Set when the process was cloned into the cgroup. */
  cloned = false;

  constructor(options: CgroupJoinOptions) {
    this.#options = options;
    this.#unified = modeOf(options.paths) === "unified";
  }

  /**
   * Directories to clone into (`CLONE_INTO_CGROUP`), the best one first. The second is for a container that has made
   * its own cgroup one without processes, or has left it.
   */
  *directories(): Generator<string> {
    const { paths, exact } = this.#options, own = paths[""];
    if (own === undefined) return;
    yield own;
    if (!this.#unified || exact) return;
    const inits = this.#options.initCgroup();
    if (inits !== undefined && inits !== own) yield inits;
  }

  /**
   * Queues the opening of what is to be written to.
   *
   * @param kernel of a process that sees the host's files
   * @returns what queues the joining, by that process or a child
   */
  openFiles(kernel: Kernel): () => void {
    const { paths, exact, rootless } = this.#options, done = new Set<string>(), joins: (() => void)[] = [];
    for (const [controller, dir] of Object.entries(paths)) {
      // Controllers may share a hierarchy.
      if (done.has(dir) || controller === "" && this.cloned) continue;
      done.add(dir);
      const file = `${dir}/${controller === "" ? "cgroup.procs" : "tasks"}`;
      const optional = rootless || !exact && !this.#unified && isOptional(controller);
      const accept = optional ? "any" : [];
      const where = { step: "cgroup", what: file };
      const fd = kernel.at(where, () => kernel.openat(AT_FDCWD, file, O_WRONLY | O_CLOEXEC, 0, { accept }));
      const join = () => {
        kernel.at(where, () => kernel.write(fd, "0", { accept }));
        kernel.close(fd);
      };
      joins.push(() => optional ? kernel.when(fd, "ok", join) : join());
    }
    return () => joins.forEach((join) => join());
  }
}
