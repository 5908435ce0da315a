/**
 * Commands of fcntl(2), locks of flock(2), flags and seals of memfd_create(2), flags of close_range(2);
 * linux/fcntl.h, linux/memfd.h, linux/close_range.h. Flags of open(2) are in `open.ts`.
 *
 * @module
 */

export const F_DUPFD = 0;
export const F_GETFD = 1;
export const F_SETFD = 2;
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_DUPFD_CLOEXEC = 1030;
export const F_ADD_SEALS = 1033;
export const F_GET_SEALS = 1034;

export const FD_CLOEXEC = 1;

export const F_SEAL_SEAL = 1;
export const F_SEAL_SHRINK = 2;
export const F_SEAL_GROW = 4;
export const F_SEAL_WRITE = 8;

export const LOCK_SH = 1;
export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const LOCK_UN = 8;

export const MFD_CLOEXEC = 1;
export const MFD_ALLOW_SEALING = 2;
/** Linux 6.3; older ones answer EINVAL. */
export const MFD_NOEXEC_SEAL = 8;
/** As {@linkcode MFD_NOEXEC_SEAL}. */
export const MFD_EXEC = 0x10;

export const CLOSE_RANGE_UNSHARE = 2;
export const CLOSE_RANGE_CLOEXEC = 4;

export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;
