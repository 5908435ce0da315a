import type { Out } from "../operation.ts";

/** Bytes of `struct rlimit64`. */
export const RLIMIT_SIZE = 16;

/** A resource limit of prlimit(2); `RLIM_INFINITY` is no limit. */
export interface Rlimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Reads the old limit that prlimit(2) filled in; linux/resource.h. */
export function decodeRlimit({ view }: Pick<Out, "view">): Rlimit {
  return { soft: view.getBigUint64(0, true), hard: view.getBigUint64(8, true) };
}
