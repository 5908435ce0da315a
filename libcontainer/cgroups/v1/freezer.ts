/**
 * Freezing a v1 cgroup.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/freezer-subsystem.html
 * @module
 */
import { ENODEV, ENOENT } from "../../../ffi/errno.ts";
import { RuntError } from "../../error.ts";
import { pause, readCgroupFile, systemError, writeCgroupFile } from "../cgroup_file.ts";
import type { FreezerState } from "../manager.ts";

/**
 * Freezes or thaws; returns when it is done.
 *
 * A cgroup in which processes appear all the time may never get from FREEZING to FROZEN. Numbers of tries and
 * pauses are runc's, found by experiment.
 *
 * @throws {RuntError} when it cannot be frozen; it is thawed then
 */
export function freezeV1(dir: string, state: "FROZEN" | "THAWED"): void {
  const write = (value: string) => writeCgroupFile(dir, "freezer.state", value);
  let cause: unknown;
  try {
    if (state === "THAWED") return write(state);
    for (let i = 0; i < 1000; i++) {
      if (i % 50 === 49) {
        write("THAWED");
        pause(10);
      }
      write("FROZEN");
      if (i % 25 === 24) pause(0.01);
      if (readCgroupFile(dir, "freezer.state").trim() === "FROZEN") return;
    }
  } catch (error) {
    cause = error;
  }
  // Half frozen is worse than either.
  if (state === "FROZEN") tryThaw(dir);
  const verb = state === "FROZEN" ? "freeze" : "thaw";
  const text = cause ? `: ${systemError(cause).text}` : ": processes keep appearing";
  throw new RuntError("kernel", `unable to ${verb} ${dir}${text}`, { cause });
}

/** Whether the cgroup was frozen itself; not whether one above it is. */
export function freezerStateV1(dir: string): FreezerState {
  try {
    let state: string;
    while ((state = readCgroupFile(dir, "freezer.state").trim()) === "FREEZING") pause(1);
    if (state !== "FROZEN") return "THAWED";
    return readCgroupFile(dir, "freezer.self_freezing").trim() === "1" ? "FROZEN" : "THAWED";
  } catch (error) {
    const { errno } = systemError(error);
    if (errno === ENOENT || errno === ENODEV) return "UNDEFINED";
    throw error;
  }
}

function tryThaw(dir: string): void {
  try {
    writeCgroupFile(dir, "freezer.state", "THAWED");
  } catch {
    // The first error is the one to tell.
  }
}
