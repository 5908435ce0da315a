/**
 * Types of files, and what statx(2) is asked for; sys/stat.h.
 *
 * @module
 */

/** The bits of a mode that are the type. */
export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFBLK = 0o060000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFSOCK = 0o140000;

/** All that stat(2) tells. */
export const STATX_BASIC_STATS = 0x7ff;
export const STATX_INO = 0x100;
/** The id that mountinfo has, in `stx_mnt_id`. */
export const STATX_MNT_ID = 0x1000;
/** One that is never given again, in its place; Linux 6.8. */
export const STATX_MNT_ID_UNIQUE = 0x4000;
