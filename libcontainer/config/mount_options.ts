/**
 * Mount options by name; everything that is not here is data for the file system.
 *
 * @module
 */
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_RELATIME,
  MOUNT_ATTR_STRICTATIME,
  MS_BIND,
  MS_DIRSYNC,
  MS_I_VERSION,
  MS_LAZYTIME,
  MS_MANDLOCK,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_SHARED,
  MS_SILENT,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_SYNCHRONOUS,
  MS_UNBINDABLE,
} from "../../ffi/constants/mount.ts";

/** Flags of mount(2) that an option sets; negative: that it clears. mount(8) has their meaning. */
const FLAGS: Readonly<Record<string, number>> = {
  async: -MS_SYNCHRONOUS,
  atime: -MS_NOATIME,
  bind: MS_BIND,
  defaults: 0,
  dev: -MS_NODEV,
  diratime: -MS_NODIRATIME,
  dirsync: MS_DIRSYNC,
  exec: -MS_NOEXEC,
  iversion: MS_I_VERSION,
  lazytime: MS_LAZYTIME,
  loud: -MS_SILENT,
  mand: MS_MANDLOCK,
  noatime: MS_NOATIME,
  nodev: MS_NODEV,
  nodiratime: MS_NODIRATIME,
  noexec: MS_NOEXEC,
  noiversion: -MS_I_VERSION,
  nolazytime: -MS_LAZYTIME,
  nomand: -MS_MANDLOCK,
  norelatime: -MS_RELATIME,
  nostrictatime: -MS_STRICTATIME,
  nosuid: MS_NOSUID,
  nosymfollow: MS_NOSYMFOLLOW,
  rbind: MS_BIND | MS_REC,
  relatime: MS_RELATIME,
  remount: MS_REMOUNT,
  ro: MS_RDONLY,
  rw: -MS_RDONLY,
  silent: MS_SILENT,
  strictatime: MS_STRICTATIME,
  suid: -MS_NOSUID,
  symfollow: -MS_NOSYMFOLLOW,
  sync: MS_SYNCHRONOUS,
};

/** Propagation types (`mount_namespaces(7)`); with `r` in front for all mounts below, too. */
const PROPAGATION: Readonly<Record<string, number>> = {
  private: MS_PRIVATE,
  rprivate: MS_PRIVATE | MS_REC,
  rshared: MS_SHARED | MS_REC,
  rslave: MS_SLAVE | MS_REC,
  runbindable: MS_UNBINDABLE | MS_REC,
  shared: MS_SHARED,
  slave: MS_SLAVE,
  unbindable: MS_UNBINDABLE,
};

/** Attributes for the whole tree (`mount_setattr(2)` with `AT_RECURSIVE`), by the name that sets them. */
const RECURSIVE: Readonly<Record<string, readonly [attribute: number, clears?: true]>> = {
  ratime: [MOUNT_ATTR_NOATIME, true],
  rdev: [MOUNT_ATTR_NODEV, true],
  rdiratime: [MOUNT_ATTR_NODIRATIME, true],
  rexec: [MOUNT_ATTR_NOEXEC, true],
  rnoatime: [MOUNT_ATTR_NOATIME],
  rnodev: [MOUNT_ATTR_NODEV],
  rnodiratime: [MOUNT_ATTR_NODIRATIME],
  rnoexec: [MOUNT_ATTR_NOEXEC],
  rnorelatime: [MOUNT_ATTR_RELATIME, true],
  rnostrictatime: [MOUNT_ATTR_STRICTATIME, true],
  rnosuid: [MOUNT_ATTR_NOSUID],
  rnosymfollow: [MOUNT_ATTR_NOSYMFOLLOW],
  rrelatime: [MOUNT_ATTR_RELATIME],
  rro: [MOUNT_ATTR_RDONLY],
  rrw: [MOUNT_ATTR_RDONLY, true],
  rstrictatime: [MOUNT_ATTR_STRICTATIME],
  rsuid: [MOUNT_ATTR_NOSUID, true],
  rsymfollow: [MOUNT_ATTR_NOSYMFOLLOW, true],
};

/** Handled by runt itself, by name. */
const EXTENSIONS: readonly string[] = ["idmap", "ridmap", "tmpcopyup"];

/** What a list of mount options asks for. */
export interface MountOptions {
  /** `MS_*` to set, propagation not among them. */
  readonly flags: number;
  /** `MS_*` to clear. */
  readonly clearedFlags: number;
  readonly propagation: readonly number[];
  readonly recursive: { readonly set: number; readonly clear: number } | undefined;
  readonly copyUp: boolean;
  /** Joined by commas. */
  readonly data: string;
}

/** Whether a mount's ids shall be mapped, and those of the mounts below it. A later option wins over an earlier one. */
export function idMapOption(options: readonly string[]): "idmap" | "ridmap" | undefined {
  return options.findLast((option) => option === "idmap" || option === "ridmap") as
    | "idmap"
    | "ridmap"
    | undefined;
}

/** `linux.rootfsPropagation` as `MS_*` flags; 0 when absent, which makes the root a slave of the host's. */
export function rootPropagation(name = ""): number {
  return own(PROPAGATION, name) ?? 0;
}

/** Sorts options by who they are for. A later option wins over an earlier one. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  let flags = 0, clearedFlags = 0, set = 0, clear = 0, recursive = false, copyUp = false;
  const propagation: number[] = [], data: string[] = [];
  for (const option of options) {
    const flag = own(FLAGS, option);
    if (flag !== undefined) {
      if (flag < 0) flags &= ~-flag, clearedFlags |= -flag;
      else flags |= flag, clearedFlags &= ~flag;
      continue;
    }
    const type = own(PROPAGATION, option);
    if (type !== undefined) {
      propagation.push(type);
      continue;
    }
    const attribute = own(RECURSIVE, option);
    if (attribute !== undefined) {
      const [bits, clears] = attribute;
      recursive = true;
      if (clears) set &= ~bits, clear |= bits;
      else set |= bits, clear &= ~bits;
      // How access times are kept is one number in several bits: all must be cleared to set it.
      if ((bits & MOUNT_ATTR__ATIME) === bits) clear |= MOUNT_ATTR__ATIME;
    } else if (option === "tmpcopyup") copyUp = true;
    else if (option !== "idmap" && option !== "ridmap") data.push(option);
  }
  return {
    flags,
    clearedFlags,
    propagation,
    recursive: recursive ? { set, clear } : undefined,
    copyUp,
    data: data.join(","),
  };
}

/** The options with `ro` for `rro` and so on: what they ask of a mount, where there is none below it. */
export function plainOptions(options: readonly string[]): string[] {
  return options.map((option) => own(RECURSIVE, option) ? option.slice(1) : option);
}

/** All options that runt itself knows, sorted; what `features` tells. */
export function knownMountOptions(): string[] {
  return [FLAGS, PROPAGATION, RECURSIVE].flatMap((table) => Object.keys(table)).concat(EXTENSIONS).sort();
}

/** A value of a table; not what every object has (`constructor`, …). */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
