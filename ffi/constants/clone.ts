/**
 * Flags of clone3(2), unshare(2) and setns(2); linux/sched.h.
 *
 * @module
 */

export const CLONE_NEWTIME = 0x80;
export const CLONE_VM = 0x100;
export const CLONE_PIDFD = 0x1000;
export const CLONE_VFORK = 0x4000;
export const CLONE_PARENT = 0x8000;
export const CLONE_NEWNS = 0x20000;
export const CLONE_NEWCGROUP = 0x2000000;
export const CLONE_NEWUTS = 0x4000000;
export const CLONE_NEWIPC = 0x8000000;
export const CLONE_NEWUSER = 0x10000000;
export const CLONE_NEWPID = 0x20000000;
export const CLONE_NEWNET = 0x40000000;
/** For clone3 alone; over 32 bits, so add it, do not `|` it. */
export const CLONE_CLEAR_SIGHAND = 0x100000000;
/** For clone3 alone; over 32 bits, so add it, do not `|` it. */
export const CLONE_INTO_CGROUP = 0x200000000;
