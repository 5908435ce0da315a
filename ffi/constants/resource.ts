/**
 * Resource limits that runt handles itself (getrlimit(2)); asm-generic/resource.h. All names are in
 * `libcontainer/spec/rlimit_names.ts`.
 *
 * @module
 */

export const RLIMIT_CORE = 4;
export const RLIMIT_NOFILE = 7;
export const RLIMIT_MEMLOCK = 8;
/** No limit. */
export const RLIM_INFINITY = 0xffffffffffffffffn;
