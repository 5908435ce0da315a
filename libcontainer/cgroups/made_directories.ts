import { makeDirectory, removeDirectory } from "../../ffi/files.ts";
import { EEXIST, ENOENT } from "../../ffi/errno.ts";
import { systemError } from "./cgroup_file.ts";

/** Directories that were made, so that they can be removed again when something behind fails. */
export class MadeDirectories {
  readonly #made: string[] = [];

  /**
   * Makes a directory, and those above it that are missing.
   *
   * @returns false when it was there
   * @throws {Error} Deno's, see {@linkcode systemError}
   */
  make(dir: string): boolean {
    try {
      makeDirectory(dir, 0o755);
    } catch (error) {
      const { errno } = systemError(error);
      if (errno === EEXIST) return false;
      const end = dir.lastIndexOf("/");
      if (errno !== ENOENT || end <= 0) throw error;
      this.make(dir.slice(0, end));
      return this.make(dir);
    }
    this.#made.push(dir);
    return true;
  }

  /** Removes what was made, as far as that can be done. */
  undo(): void {
    for (const dir of this.#made.splice(0).reverse()) {
      try {
        removeDirectory(dir);
      } catch {
        // Somebody else uses it by now; the error that led here is the one to tell.
      }
    }
  }
}
