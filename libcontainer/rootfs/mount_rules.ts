/**
 * What may be mounted where: nothing may take the place of the container's /proc, in which the runtime and the
 * container's programs put trust (CVE-2019-16884, CVE-2019-19921, CVE-2023-27561, CVE-2023-28642).
 *
 * @module
 */
import { PROC_SUPER_MAGIC } from "../../ffi/constants/filesystem_type.ts";
import type { Out } from "../../ffi/kernel.ts";
import { decodeFilesystemType } from "../../ffi/structs/statfs.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { RuntError } from "../error.ts";

/** Files below /proc that lxcfs and engines may replace. */
const REPLACEABLE = "cpuinfo diskstats meminfo stat swaps uptime loadavg slabinfo sys/kernel/ns_last_pid " +
  "sys/crypto/fips_enabled";

/** Places where a link is an error whatever is mounted there, since later steps rely on them. */
const NO_LINKS = "/dev /dev/console /dev/pts /proc /sys";

/** Whether the place of a mount may be reached by links. */
export function mayBeLink({ destination, type }: MountConfig): boolean {
  return type !== "proc" && type !== "sysfs" && !NO_LINKS.split(" ").includes(destination);
}

/**
 * Judges a mount by its text.
 *
 * @throws {RuntError} with runc's text
 */
export function checkMountPlace({ destination, type, at }: MountConfig, rootfs: string): void {
  if (destination === "/") refuse(`mountpoint "${rootfs}" is on the top of rootfs "${rootfs}"`, at);
  if (destination === "/proc") {
    // A bind mount may be of a procfs; that shows later.
    if (type !== "proc" && type !== "bind") {
      refuse(`"${rootfs}/proc" cannot be mounted because it is not of type proc`, at);
    }
  } else if (destination.startsWith("/proc/") && !isReplaceable(destination)) {
    refuse(`"${rootfs}${destination}" cannot be mounted because it is inside /proc`, at);
  }
}

/**
 * Judges where a mount came to lie.
 *
 * @param status `struct statfs` of what it was put on; zeroes when it was put on something new
 * @throws {RuntError} with runc's text
 */
export function checkNotOnProc({ destination, at }: MountConfig, status: Out): void {
  if (decodeFilesystemType(status) !== PROC_SUPER_MAGIC || isReplaceable(destination)) return;
  refuse(
    `"${destination}" cannot be mounted because it is inside /proc`,
    at,
    "a link in the rootfs leads there",
  );
}

/**
 * Judges what was bound to /proc.
 *
 * @param status `struct statfs` of the source
 * @throws {RuntError} with runc's text
 */
export function checkIsProc({ destination, at }: MountConfig, status: Out): void {
  if (decodeFilesystemType(status) === PROC_SUPER_MAGIC) return;
  refuse(`"${destination}" cannot be mounted because it is not of type proc`, at);
}

function isReplaceable(destination: string): boolean {
  return REPLACEABLE.split(" ").includes(destination.slice("/proc/".length));
}

function refuse(message: string, path: string, hint?: string): never {
  throw new RuntError("unsafe", message, hint === undefined ? { path } : { path, hint });
}
