/**
 * Names and numbers of the capabilities, capabilities(7); linux/capability.h.
 *
 * @module
 */

/** In the order of their numbers, from 0, without `CAP_`. */
export const CAPABILITY_NAMES: readonly string[] =
  ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE " +
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT " +
    "SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE " +
    "AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ " +
    "PERFMON BPF CHECKPOINT_RESTORE").split(" ");

/**
 * The number of a capability.
 *
 * @param name such as `CAP_CHOWN`; case matters, as in runc
 * @returns 0 to 40, or -1 for a name that no kernel has
 */
export function capabilityNumber(name: string): number {
  return name.startsWith("CAP_") ? CAPABILITY_NAMES.indexOf(name.slice(4)) : -1;
}
