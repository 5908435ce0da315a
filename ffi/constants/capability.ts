/**
 * Capabilities that runt looks for in its own sets (capabilities(7)); linux/capability.h.
 *
 * @module
 */

export const CAP_SETPCAP = 8;
export const CAP_SYS_ADMIN = 21;
export const CAP_SYS_RESOURCE = 24;

/** Version of the structs of capset(2) and capget(2): two words a set. */
export const _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
