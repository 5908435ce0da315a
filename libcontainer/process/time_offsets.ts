import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";

/**
 * Writes `/proc/<pid>/timens_offsets` (`time_namespaces(7)`) of a process that has made a time namespace for its
 * children. There is no changing them any more when the first child has entered.
 *
 * The path is the host's own `/proc`, and the pid cannot be another's: the process is a child that nobody has reaped.
 *
 * @param kernel the process's
 * @throws {RuntError} for a clock that would be before 0, or after the end of time
 */
export function setTimeOffsets(kernel: Kernel, pid: number, { timeOffsets }: Config): void {
  if (!timeOffsets) return;
  kernel.flush();
  const file = `/proc/${pid}/timens_offsets`;
  try {
    Deno.writeTextFileSync(file, timeOffsets);
  } catch (cause) {
    const hint = "a clock cannot be set before 0, nor 146 years ahead";
    throw new RuntError("kernel", `failed to update ${file}`, { path: "linux.timeOffsets", cause, hint });
  }
}
