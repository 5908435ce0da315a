/**
 * The cgroup hierarchies of this host and where this process is in each.
 *
 * @see cgroups(7)
 * @module
 */
import { plainMountPath } from "../mount_path.ts";

/** `legacy`: cgroup v1 alone; `hybrid`: v1 and a v2 mount at `unified`; `unified`: v2 alone. */
export type CgroupMode = "legacy" | "hybrid" | "unified";

/** A mounted hierarchy of cgroup v1. */
export interface CgroupMount {
  readonly mountpoint: string;
  /** The cgroup that is seen at the mountpoint; `/` but inside containers. */
  readonly root: string;
  /** Options of the super block; the controllers (`cpu`, `name=systemd`) are among them. */
  readonly options: readonly string[];
}

/** What `/proc/self/mountinfo` and `/proc/self/cgroup` tell. */
export interface CgroupHierarchies {
  readonly mode: CgroupMode;
  /** Where cgroups are mounted: `/sys/fs/cgroup`. */
  readonly root: string;
  /** The v1 hierarchies, in the order they were mounted. */
  readonly mounts: readonly CgroupMount[];
  /** This process's cgroup by controller (`cpu`, `name=systemd`); by the empty string in v2. */
  readonly own: Readonly<Record<string, string>>;
}

/**
 * Reads what the two files say.
 *
 * @param mountinfo text of `/proc/self/mountinfo` (`proc_pid_mountinfo(5)`)
 * @param cgroup text of `/proc/self/cgroup` (`cgroups(7)`)
 * @param root where cgroups are looked for
 */
export function parseCgroupHierarchies(
  mountinfo: string,
  cgroup: string,
  root = "/sys/fs/cgroup",
): CgroupHierarchies {
  const mounts: CgroupMount[] = [];
  let mode: CgroupMode = "legacy";
  // This runs once in each process, in V8's interpreter: little code counts for more than few steps.
  for (const line of mountinfo.split("\n")) {
    if (!line.includes(" - cgroup")) continue;
    // id parent device root mountpoint options … - type source options
    let fields = line.split(" ");
    if (line.includes("\\")) fields = fields.map(plainMountPath);
    const type = fields.at(-3), mountpoint = fields[4]!;
    if (type === "cgroup") mounts.push({ mountpoint, root: fields[3]!, options: fields.at(-1)!.split(",") });
    else if (mountpoint === root) mode = "unified";
    else if (mountpoint === `${root}/unified`) mode = "hybrid";
  }
  const own: Record<string, string> = {};
  for (const line of cgroup.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    for (const controller of controllers?.split(",") ?? []) own[controller] = path.join(":");
  }
  return { mode, root, mounts, own };
}
