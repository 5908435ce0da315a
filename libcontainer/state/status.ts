/**
 * What a container can be, and what each status permits.
 *
 * "The status may be one of: creating, created, running, stopped. Additional values may be defined by the runtime"
 * (runtime-spec, runtime.md, State); `paused` is runc's.
 *
 * @module
 */

/** The status of a container. */
export type Status = "creating" | "created" | "running" | "paused" | "stopped";

/** Requests that depend on the status. */
export type Request = "start" | "kill" | "delete" | "pause" | "resume" | "update";

const PERMITS: Readonly<Record<Status, readonly Request[]>> = {
  creating: [],
  created: ["start", "kill", "delete", "pause", "update"], // runc kills and deletes one that was never started
  running: ["kill", "pause", "update"],
  paused: ["kill", "resume", "update"],
  stopped: ["delete"],
};

/** Whether a container of this status takes the request; `--force` is a matter of the request. */
export function permits(status: Status, request: Request): boolean {
  return PERMITS[status].includes(request);
}
