/**
 * What the Linux security modules shall take the process for when it has executed its program.
 *
 * Written to `/proc/thread-self/attr` of a procfs that nobody can have tampered with: what an image puts there would
 * have the write land elsewhere, and the container run unconfined (CVE-2019-16884).
 *
 * @module
 */
import {
  O_CLOEXEC,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_XDEV,
} from "../../ffi/constants/open.ts";
import { ENOENT } from "../../ffi/errno.ts";
import type { Fd, Kernel, Result } from "../../ffi/kernel.ts";
import type { ProcessConfig } from "../config/config.ts";
import { openProc } from "../rootfs/proc.ts";

/**
 * Has the program run under an AppArmor profile (`aa_change_onexec(2)`).
 *
 * @see https://gitlab.com/apparmor/apparmor/-/wikis/Kernel_interfaces
 */
export function setApparmorProfile(kernel: Kernel, { apparmorProfile }: ProcessConfig): void {
  if (apparmorProfile === undefined) return;
  const where = { step: "apparmor", path: "process.apparmorProfile", what: JSON.stringify(apparmorProfile) };
  kernel.at(where, () => {
    const proc = openProc(kernel), request = `exec ${apparmorProfile}`;
    const file = openAttribute(kernel, proc, "apparmor/exec", [ENOENT]);
    kernel.when(file, "ok", () => writeAttribute(kernel, file, request));
    // Before Linux 5.8 the modules had but one directory between them.
    kernel.when(file, "failed", () => writeAttribute(kernel, openAttribute(kernel, proc, "exec"), request));
    kernel.close(proc);
  });
}

/** Has the program run with an SELinux label. */
export function setSelinuxLabel(kernel: Kernel, { selinuxLabel }: ProcessConfig): void {
  if (selinuxLabel === undefined) return;
  const where = { step: "selinux", path: "process.selinuxLabel", what: JSON.stringify(selinuxLabel) };
  kernel.at(where, () => setSelinuxAttribute(kernel, "exec", selinuxLabel));
}

/** Has the keys that the process makes, its session keyring for one, carry its SELinux label. */
export function setKeyLabel(kernel: Kernel, { selinuxLabel }: ProcessConfig): void {
  if (selinuxLabel === undefined) return;
  const where = { step: "keyring", path: "process.selinuxLabel", what: JSON.stringify(selinuxLabel) };
  kernel.at(where, () => setSelinuxAttribute(kernel, "keycreate", selinuxLabel));
}

function setSelinuxAttribute(kernel: Kernel, name: string, label: string): void {
  const proc = openProc(kernel);
  writeAttribute(kernel, openAttribute(kernel, proc, name), label);
  kernel.close(proc);
}

function openAttribute(kernel: Kernel, proc: Fd, name: string, accept: readonly number[] = []): Result {
  const resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  return kernel.openat2(proc, `thread-self/attr/${name}`, { flags: O_WRONLY | O_CLOEXEC, resolve }, {
    accept,
  });
}

function writeAttribute(kernel: Kernel, file: Fd, value: string): void {
  kernel.write(file, value);
  kernel.close(file);
}
