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
export function checkMountPlace(mount: MountConfig, rootfs: string): void {
  const { destination, type } = mount;
  if (destination === "/") refuse(mount, `mountpoint "${rootfs}" is on the top of rootfs "${rootfs}"`);
  if (destination === "/proc") {
    // A bind mount may be of a procfs; that shows later.
    if (type !== "proc" && type !== "bind") {
      refuse(mount, `"${rootfs}/proc" cannot be mounted because it is not of type proc`);
    }
  } else if (destination.startsWith("/proc/") && !isReplaceable(destination)) {
    refuse(mount, `"${rootfs}${destination}" cannot be mounted because it is inside /proc`);
  }
}

/**
 * Judges where a mount came to lie.
 *
 * @param status `struct statfs` of what it was put on; zeroes when it was put on something new
 * @throws {RuntError} with runc's text
 */
export function checkNotOnProc(mount: MountConfig, status: Out): void {
  const { destination } = mount;
  if (decodeFilesystemType(status) !== PROC_SUPER_MAGIC || isReplaceable(destination)) return;
  refuse(
    mount,
    `"${destination}" cannot be mounted because it is inside /proc`,
    "a link in the rootfs leads there",
  );
}

/**
 * Judges what was bound to /proc.
 *
 * @param status `struct statfs` of the source
 * @throws {RuntError} with runc's text
 */
export function checkIsProc(mount: MountConfig, status: Out): void {
  if (decodeFilesystemType(status) === PROC_SUPER_MAGIC) return;
  refuse(mount, `"${mount.destination}" cannot be mounted because it is not of type proc`);
}

function isReplaceable(destination: string): boolean {
  return REPLACEABLE.split(" ").includes(destination.slice("/proc/".length));
}

function refuse(mount: MountConfig, message: string, hint?: string): never {
  const path = mount.at;
  throw new RuntError(
    "unsafe",
    `${errorMounting(mount)}${message}`,
    hint === undefined ? { path } : { path, hint },
  );
}

/** runc's words, which clients know in this order: the place in config.json goes behind them. */
export function errorMounting({ source, destination, at }: MountConfig): string {
  return `error mounting ${JSON.stringify(source)} to rootfs at ${JSON.stringify(destination)}: ${at}: `;
}
