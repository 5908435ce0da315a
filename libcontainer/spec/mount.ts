/**
 * `mounts` of config.json.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#mounts
 * @module
 */

import type { LinuxIDMapping } from "./linux.ts";

/** One mount, made in the order of the list. */
export interface Mount {
  /** Where, inside the container. A relative path is deprecated and read as relative to `/`. */
  readonly destination: string;
  /** File system type (/proc/filesystems). Meaningless for bind mounts, where it is often `none` or `bind`. */
  readonly type?: string;
  /** A device name, a host path (bind mounts; relative to the bundle), or a dummy. */
  readonly source?: string;
  /**
   * Options as in mount(8): flags, propagation, recursive flags (`rro`), `idmap`; everything unknown goes to
   * the file system. A mount is a bind mount when `bind` or `rbind` is among them.
   */
  readonly options?: readonly string[];
  /** Ids of an idmapped mount, mount_setattr(2) `MOUNT_ATTR_IDMAP`; only together with `gidMappings`. */
  readonly uidMappings?: readonly LinuxIDMapping[];
  /** As `uidMappings`, for groups. */
  readonly gidMappings?: readonly LinuxIDMapping[];
}
