/**
 * Operations of keyctl(2) and permissions of a key; linux/keyctl.h, keyutils.h.
 *
 * @module
 */

export const KEYCTL_JOIN_SESSION_KEYRING = 1;
export const KEYCTL_SETPERM = 5;
export const KEYCTL_DESCRIBE = 6;
export const KEYCTL_SEARCH = 10;

export const KEY_SPEC_SESSION_KEYRING = -3;
