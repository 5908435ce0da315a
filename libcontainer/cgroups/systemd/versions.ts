/** The first systemd that takes CPUs and memory nodes. */
export const TAKES_CPUS = 244;
/** The first systemd that knows cgroups for idle CPUs. */
export const TAKES_IDLE = 252;
/** The first systemd that has a policy for want of memory. */
export const TAKES_OOM_POLICY = 253;
