/**
 * Flags of umount2(2); sys/mount.h, which cannot be included beside linux/mount.h.
 *
 * @module
 */

/** Take it out of the tree now, and let it go when nobody uses it any more. */
export const MNT_DETACH = 2;
/** Not where a link leads. */
export const UMOUNT_NOFOLLOW = 8;
