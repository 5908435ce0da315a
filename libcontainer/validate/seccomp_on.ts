import type { LinuxSeccomp } from "../spec/seccomp.ts";

/** crun's annotation for who is to be told of calls, where the profile does not say it. */
export const RECEIVER = "run.oci.seccomp.receiver";

/** Whether a filter is asked for: as in runc, not without both a default action and rules. */
export function isSeccompOn(seccomp: LinuxSeccomp | undefined): boolean {
  return seccomp !== undefined &&
    ((seccomp.defaultAction as string) !== "" || Boolean(seccomp.syscalls?.length));
}
