/** Bytes of `struct stat` of x86-64 and aarch64, or more. */
export const STAT_SIZE = 144;

const isArm = Deno.build.arch === "aarch64";

/**
 * Offsets in `struct stat`, of which each architecture has its own: asm/stat.h. What nobody needs to see before it is
 * known over there is asked for by statx(2), which is the same on all.
 */
export const STAT = isArm
  ? { ino: 8, mode: 16, uid: 24, rdev: 32, size: 48 } as const
  : { ino: 8, mode: 24, uid: 28, rdev: 40, size: 48 } as const;
