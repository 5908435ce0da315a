/**
 * Scheduling policies of sched_setattr(2) and sched(7), classes of ioprio_set(2); linux/sched.h, linux/ioprio.h.
 *
 * @module
 */

/** SCHED_OTHER of the POSIX names. */
export const SCHED_NORMAL = 0;
export const SCHED_FIFO = 1;
export const SCHED_RR = 2;
export const SCHED_BATCH = 3;
export const SCHED_IDLE = 5;
export const SCHED_DEADLINE = 6;

export const SCHED_FLAG_RESET_ON_FORK = 1;
export const SCHED_FLAG_RECLAIM = 2;
export const SCHED_FLAG_DL_OVERRUN = 4;
export const SCHED_FLAG_KEEP_POLICY = 8;
export const SCHED_FLAG_KEEP_PARAMS = 0x10;
export const SCHED_FLAG_UTIL_CLAMP_MIN = 0x20;
export const SCHED_FLAG_UTIL_CLAMP_MAX = 0x40;

export const IOPRIO_CLASS_RT = 1;
export const IOPRIO_CLASS_BE = 2;
export const IOPRIO_CLASS_IDLE = 3;
export const IOPRIO_CLASS_SHIFT = 13;
export const IOPRIO_WHO_PROCESS = 1;
