/**
 * Flags of openat(2) and openat2(2), and of the calls that take a path below a descriptor; fcntl.h,
 * linux/openat2.h. The numbers that differ between x86-64 and aarch64 are {@linkcode O_DIRECTORY} and
 * {@linkcode O_NOFOLLOW}.
 *
 * @module
 */

const isArm = Deno.build.arch === "aarch64";

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_NOCTTY = 0o400;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DIRECTORY = isArm ? 0o40000 : 0o200000;
export const O_NOFOLLOW = isArm ? 0o100000 : 0o400000;
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;

/** Nothing on the way may lie on another mount. */
export const RESOLVE_NO_XDEV = 1;
/** No links such as /proc/self/fd/3, which lead anywhere. */
export const RESOLVE_NO_MAGICLINKS = 2;
export const RESOLVE_NO_SYMLINKS = 4;
/** It is an error to leave the directory. */
export const RESOLVE_BENEATH = 8;
/** The directory is `/`, as after chroot(2). */
export const RESOLVE_IN_ROOT = 0x10;

export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
/** The descriptor itself is meant. */
export const AT_EMPTY_PATH = 0x1000;
/** All mounts below, too. */
export const AT_RECURSIVE = 0x8000;
