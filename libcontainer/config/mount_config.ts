import type { IdMapping } from "./id_mapping.ts";

/** How ids of a mount's files are seen through it (`mount_setattr(2)`, MOUNT_ATTR_IDMAP). */
export interface IdMapConfig {
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  /** Set: as a user namespace has it, that of the container. */
  readonly path?: string;
  /** `ridmap`: the mounts below too. */
  readonly recursive: boolean;
}

/** A mount of the container, its options parsed. */
export interface MountConfig {
  /** Path inside the container, absolute and cleaned. */
  readonly destination: string;
  /** Path on the host for binds (absolute), else the source as the kernel takes it. */
  readonly source: string;
  /** Type of file system; `bind` for binds; `cgroup` for the cgroup mount. */
  readonly type: string;
  /** `MS_*` flags for `mount(2)`, propagation not among them. */
  readonly flags: number;
  /** `MS_*` flags that the options ask to be cleared (`rw`, `suid`, …); matters for binds. */
  readonly clearedFlags: number;
  /** `MS_*` propagation flags in the order given, each to be applied by its own call. */
  readonly propagation: readonly number[];
  /** Data for the file system, options joined by commas. */
  readonly data: string;
  /** Recursive attributes for `mount_setattr(2)` with `AT_RECURSIVE` (`rro`, `rnosuid`, …). */
  readonly recursive: { readonly set: number; readonly clear: number } | undefined;
  /** `tmpcopyup`: the directory's contents are copied into the tmpfs. */
  readonly copyUp: boolean;
  /** SELinux context of all files of a new file system; absent: as its files have it. */
  readonly context?: string;
  /** Only bind mounts have it. */
  readonly idMap?: IdMapConfig | undefined;
  /** Where in config.json, such as `mounts[3]`. */
  readonly at: string;
}
