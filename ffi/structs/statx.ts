import type { Out } from "../operation.ts";

/** Bytes of `struct statx`. */
export const STATX_SIZE = 256;

/** The fields of `struct statx` that runt looks at. */
export interface Statx {
  /** `S_IF*` and permission bits */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Exact to 2^53. */
  readonly inode: number;
  readonly size: number;
  /** Device that the node stands for. */
  readonly rdevMajor: number;
  readonly rdevMinor: number;
  /** Device that the file is on. */
  readonly devMajor: number;
  readonly devMinor: number;
  /** Id of the mount (`STATX_MNT_ID`). */
  readonly mountId: number;
  /** `STATX_ATTR_*` that are set; `STATX_ATTR_MOUNT_ROOT` among them. */
  readonly attributes: number;
}

/** Reads what statx(2) filled in; linux/stat.h. The same on every architecture, as `struct stat` is not. */
export function decodeStatx({ view }: Pick<Out, "view">): Statx {
  const u32 = (at: number) => view.getUint32(at, true);
  const u64 = (at: number) => u32(at) + u32(at + 4) * 0x100000000;
  return {
    mode: view.getUint16(28, true),
    uid: u32(20),
    gid: u32(24),
    links: u32(16),
    inode: u64(32),
    size: u64(40),
    rdevMajor: u32(128),
    rdevMinor: u32(132),
    devMajor: u32(136),
    devMinor: u32(140),
    mountId: u64(144),
    attributes: u64(8),
  };
}
