import type { Out } from "../operation.ts";

/** Bytes of `struct statfs`. */
export const STATFS_SIZE = 120;

/** `f_type` of a `struct statfs`: what kind of file system it is (statfs(2); `../constants/filesystem_type.ts`). */
export function decodeFilesystemType({ view }: Pick<Out, "view">): number {
  return view.getUint32(0, true);
}
