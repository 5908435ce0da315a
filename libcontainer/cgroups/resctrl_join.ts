import { RuntError } from "../error.ts";
import { cgroupFileExists, writeCgroupFile } from "./cgroup_file.ts";

/**
 * Puts a process that is executed in a container into the container's group of resctrl.
 *
 * @param directory the group; undefined when there is none. One that is not there any more is none
 * @throws {RuntError} when resctrl does not let it
 */
export function joinResctrlGroup(directory: string | undefined, pid: number): void {
  if (directory === undefined || !cgroupFileExists(directory, ".")) return;
  try {
    writeCgroupFile(directory, "tasks", String(pid));
  } catch (cause) {
    throw new RuntError("kernel", `error adding pid ${pid} to Intel RDT`, { cause });
  }
}
