import { removeDirectory } from "../../ffi/files.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { RuntError } from "../error.ts";
import { pause, systemError } from "./cgroup_file.ts";

/**
 * Removes cgroups and those below them. One that is not there is fine.
 *
 * A process that has ended leaves its cgroup a moment later, so a busy one is tried again, for about a second.
 *
 * @param dirs directories of the cgroups, in any order
 * @throws {RuntError} when some could not be removed; the others were
 */
export function removeCgroups(dirs: Iterable<string>): void {
  let left = [...new Set(dirs)], error: unknown;
  for (let delay = 0.25; delay < 600; delay *= 2) {
    // All are tried before any is waited for: they become free together.
    left = left.filter((dir) => {
      try {
        removeTree(dir);
        return false;
      } catch (cause) {
        error = cause;
        return true;
      }
    });
    if (!left.length) return;
    pause(delay);
  }
  const message = `Failed to remove paths: ${left.join(", ")}: ${systemError(error).text}`;
  throw new RuntError("kernel", message, {
    cause: error,
    hint: "processes that are still in the cgroup, or in one below it, keep it",
  });
}

/**
 * Removes groups of resctrl, with the monitoring groups in them; processes of theirs fall back into the class above. One
 * that is not there is fine.
 */
export function removeResctrlGroups(dirs: readonly string[]): void {
  for (const dir of dirs) {
    try {
      Deno.removeSync(dir);
    } catch (cause) {
      const { errno, text } = systemError(cause);
      if (errno !== ENOENT) throw new RuntError("kernel", `Failed to remove ${dir}: ${text}`, { cause });
    }
  }
}

/** `rmdir(2)`, and where that fails once more after the cgroups below. */
function removeTree(dir: string): void {
  try {
    return removeDirectory(dir);
  } catch (error) {
    if (systemError(error).errno === ENOENT) return;
  }
  try {
    for (const { name, isDirectory } of Deno.readDirSync(dir)) {
      if (isDirectory) removeTree(`${dir}/${name}`);
    }
    removeDirectory(dir);
  } catch (error) {
    if (systemError(error).errno !== ENOENT) throw error;
  }
}
