import type { LinuxSeccomp } from "../spec/seccomp.ts";

/** Whether a filter is asked for: as in runc, not without both a default action and rules. */
export function isSeccompOn(seccomp: LinuxSeccomp | undefined): boolean {
  return seccomp !== undefined &&
    ((seccomp.defaultAction as string) !== "" || Boolean(seccomp.syscalls?.length));
}
