/**
 * Names and numbers of the resource limits, getrlimit(2); asm-generic/resource.h (x86 and arm64 are alike).
 *
 * @module
 */

/** In the order of their numbers, from 0, without `RLIMIT_`. */
export const RLIMIT_NAMES: readonly string[] =
  ("CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME")
    .split(" ");

/**
 * The number of a resource.
 *
 * @param name such as `RLIMIT_NOFILE`; case matters, as in runc
 * @returns 0 to 15, or -1 for an unknown name
 */
export function rlimitNumber(name: string): number {
  return name.startsWith("RLIMIT_") ? RLIMIT_NAMES.indexOf(name.slice(7)) : -1;
}
