import { EACCES, ENOENT, EPERM } from "../../../ffi/errno.ts";
import { RuntError } from "../../error.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { readCgroupFile, systemError, writeCgroupFile } from "../cgroup_file.ts";
import { unified } from "../controllers/unified.ts";

/**
 * Writes `linux.resources.unified`.
 *
 * @param dir the cgroup
 * @param only which files; the others are left for another time
 * @throws {RuntError} in runc's words for the first that the kernel refuses
 */
export function setUnified(
  dir: string,
  files: NonNullable<LinuxResources["unified"]>,
  only: (file: string) => boolean,
): void {
  for (const { file, value, at } of unified(files)) {
    if (!only(file)) continue;
    try {
      writeCgroupFile(dir, file, value);
    } catch (cause) {
      const quoted = JSON.stringify(file), { errno } = systemError(cause);
      const controller = file.slice(0, file.indexOf("."));
      const missing = (errno === EPERM || errno === EACCES || errno === ENOENT) && controller !== "cgroup" &&
        !controllersOf(dir).includes(controller);
      if (missing) {
        const name = JSON.stringify(controller);
        const message = `unified resource ${quoted} can't be set: controller ${name} not available`;
        throw new RuntError("kernel", message, { path: at });
      }
      throw new RuntError("kernel", `unable to set unified resource ${quoted}`, { path: at, cause });
    }
  }
}

function controllersOf(dir: string): string[] {
  return readCgroupFile(dir, "cgroup.controllers").split(/\s+/);
}
