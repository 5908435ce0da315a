/**
 * Freezing a v2 cgroup.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#core-interface-files
 * @module
 */
import { ENODEV, ENOENT } from "../../../ffi/errno.ts";
import { RuntError } from "../../error.ts";
import { pause, readCgroupFile, readCgroupKey, systemError, writeCgroupFile } from "../cgroup_file.ts";
import type { FreezerState } from "../manager.ts";

/**
 * Freezes or thaws; returns when it is done, ten seconds later at most.
 *
 * @throws {RuntError} when the cgroup does not freeze; it is thawed then
 */
export function freezeV2(dir: string, state: "FROZEN" | "THAWED"): void {
  let text = "it takes too long";
  try {
    writeCgroupFile(dir, "cgroup.freeze", state === "FROZEN" ? "1" : "0");
    if (state === "THAWED") return;
    for (let waited = 0, delay = 0.5; waited < 10_000; waited += delay, delay = Math.min(delay * 2, 10)) {
      if (readCgroupKey(dir, "cgroup.events", "frozen")) return;
      pause(delay);
    }
    writeCgroupFile(dir, "cgroup.freeze", "0");
  } catch (error) {
    const { errno, text: reason } = systemError(error);
    // Without a freezer nothing is frozen.
    if (state === "THAWED" && (errno === ENOENT || errno === ENODEV)) return;
    text = reason;
  }
  throw new RuntError("kernel", `unable to ${state === "FROZEN" ? "freeze" : "thaw"} ${dir}: ${text}`);
}

/** Whether the cgroup was frozen itself; not whether one above it is. */
export function freezerStateV2(dir: string): FreezerState {
  try {
    return readCgroupFile(dir, "cgroup.freeze").startsWith("1") ? "FROZEN" : "THAWED";
  } catch (error) {
    const { errno } = systemError(error);
    if (errno === ENOENT || errno === ENODEV) return "UNDEFINED";
    throw error;
  }
}
