/**
 * The cgroup hierarchies of this host and where this process is in each.
 *
 * @see cgroups(7)
 * @module
 */

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
  let mode: CgroupMode = "legacy", top = "";
  // A host with many containers has hundreds of mounts: look only at the lines that matter.
  for (let at = 0; (at = mountinfo.indexOf(" - cgroup", at)) >= 0; at++) {
    const begin = mountinfo.lastIndexOf("\n", at) + 1, end = mountinfo.indexOf("\n", at);
    const fields = mountinfo.slice(begin, at).split(" ");
    const [type = "", , options = ""] = mountinfo.slice(at + 3, end < 0 ? undefined : end).split(" ");
    const mountpoint = unescapeOctal(fields[4] ?? "");
    if (mountpoint === root) top = type;
    if (type === "cgroup") {
      mounts.push({ mountpoint, root: unescapeOctal(fields[3] ?? ""), options: options.split(",") });
    } else if (type === "cgroup2" && mountpoint === `${root}/unified`) mode = "hybrid";
  }
  if (top === "cgroup2") mode = "unified";
  const own: Record<string, string> = {};
  for (const line of cgroup.split("\n")) {
    const first = line.indexOf(":"), second = line.indexOf(":", first + 1);
    if (second < 0) continue;
    for (const controller of line.slice(first + 1, second).split(",")) {
      own[controller] = line.slice(second + 1);
    }
  }
  return { mode, root, mounts, own };
}

/** Space, tab, newline and backslash stand as `\040` and so on in mountinfo. */
function unescapeOctal(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
