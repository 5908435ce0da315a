import {
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_DATA,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_USER_NOTIF,
} from "../../../ffi/constants/seccomp.ts";
import { ENOSYS, EPERM } from "../../../ffi/errno.ts";
import type { LinuxSeccompAction } from "../../spec/seccomp.ts";

/** What a filter returns for calls of an architecture that it is not for; libseccomp's choice. */
export const BAD_ARCHITECTURE = SECCOMP_RET_KILL_THREAD;

/** What a call newer than the profile gets: its caller then does without it, as on an older kernel. */
export const NOT_IMPLEMENTED = SECCOMP_RET_ERRNO | ENOSYS;

/**
 * What a filter returns for an action.
 *
 * @param errno for actions that have one; EPERM unless told, as under runc. That it fits was checked
 */
export function encodeAction(action: LinuxSeccompAction, errno = EPERM): number {
  switch (action) {
    case "SCMP_ACT_KILL":
    case "SCMP_ACT_KILL_THREAD":
      return SECCOMP_RET_KILL_THREAD;
    case "SCMP_ACT_KILL_PROCESS":
      return SECCOMP_RET_KILL_PROCESS;
    case "SCMP_ACT_TRAP":
      return SECCOMP_RET_TRAP;
    case "SCMP_ACT_ERRNO":
      return SECCOMP_RET_ERRNO | (errno & SECCOMP_RET_DATA);
    case "SCMP_ACT_TRACE":
      return SECCOMP_RET_TRACE | (errno & SECCOMP_RET_DATA);
    case "SCMP_ACT_ALLOW":
      return SECCOMP_RET_ALLOW;
    case "SCMP_ACT_LOG":
      return SECCOMP_RET_LOG;
    case "SCMP_ACT_NOTIFY":
      return SECCOMP_RET_USER_NOTIF;
  }
}

/**
 * Whether calls that the profile is older than are left to the default action: runc's list. A tracer is to see all
 * calls, so TRACE is among them.
 */
export function isPermissive(action: LinuxSeccompAction): boolean {
  return action === "SCMP_ACT_ALLOW" || action === "SCMP_ACT_LOG" || action === "SCMP_ACT_TRACE";
}
