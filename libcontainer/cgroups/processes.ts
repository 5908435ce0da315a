import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { ENODEV, ENOENT, EOPNOTSUPP } from "../../ffi/errno.ts";
import { RuntError } from "../error.ts";
import { readCgroupFile, systemError } from "./cgroup_file.ts";
import type { FreezerState } from "./manager.ts";

/**
 * The processes of a cgroup.
 *
 * @param dir the cgroup
 * @param below whether those of the cgroups below it count too
 * @returns process ids; none when the cgroup is gone
 * @throws {Error} Deno's, when the list cannot be read
 */
export function cgroupProcesses(dir: string, below: boolean): number[] {
  const pids: number[] = [];
  try {
    for (const line of readProcesses(dir).split("\n")) if (line) pids.push(Number(line));
    if (below) {
      for (const { name, isDirectory } of Deno.readDirSync(dir)) {
        if (isDirectory) pids.push(...cgroupProcesses(`${dir}/${name}`, true));
      }
    }
  } catch (error) {
    const { errno } = systemError(error);
    if (errno !== ENOENT && errno !== ENODEV) throw error;
  }
  return pids;
}

/** A threaded cgroup of v2 has no list of processes, only of threads (`cgroups(7)`). */
function readProcesses(dir: string): string {
  try {
    return readCgroupFile(dir, "cgroup.procs");
  } catch (error) {
    if (systemError(error).errno !== EOPNOTSUPP) throw error;
    return readCgroupFile(dir, "cgroup.threads");
  }
}

/**
 * Refuses a cgroup that has processes, or is frozen: it is somebody else's, and what joins it would be stopped.
 *
 * @param dir the cgroup
 * @throws {RuntError} with runc's text
 */
export function refuseOccupied(dir: string, freezerState: () => FreezerState): void {
  const count = cgroupProcesses(dir, true).length, path = "linux.cgroupsPath";
  if (count) {
    const message = `container's cgroup is not empty: ${count} process(es) found`;
    throw new RuntError("wrong-state", message, { path, hint: `see ${dir}/cgroup.procs` });
  }
  if (freezerState() === "FROZEN") {
    throw new RuntError("wrong-state", "container's cgroup unexpectedly frozen", { path });
  }
}

/**
 * Whether a cgroup is there.
 *
 * @param kernel of this process, if there is one: it answers "no" without the cost of an exception
 */
export function cgroupExists(dir: string | undefined, kernel?: Kernel): boolean {
  if (dir === undefined) return false;
  if (kernel) return kernel.faccessat2(AT_FDCWD, dir, 0, 0, { accept: "any" }).ok;
  try {
    return Deno.statSync(dir).isDirectory;
  } catch {
    return false;
  }
}
