/**
 * Where a container's cgroup is.
 *
 * `linux.cgroupsPath` is absolute: below the root of each hierarchy. Relative, or absent (then it is the id): below
 * runt's own cgroup in v1, beside it in v2, where a cgroup that has processes cannot hand controllers on.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#cgroups-path
 * @module
 */
import { RuntError } from "../error.ts";
import type { CgroupHierarchies, CgroupMount } from "../host/cgroup_hierarchies.ts";

/** The controllers of cgroup v1 that a container joins; the order is runc's: what must be set up first comes first. */
const CONTROLLERS =
  "cpuset devices memory cpu cpuacct pids blkio hugetlb net_cls net_prio perf_event freezer rdma " +
  "name=systemd misc";

/**
 * A path without `.`, `..`, doubled or trailing slashes; `..` at the top leads nowhere. A relative path stays
 * relative.
 */
export function cleanCgroupPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

/**
 * The directories of a container's cgroup by controller; v2's by the empty string.
 *
 * @param cgroupsPath `linux.cgroupsPath`; empty when not given
 * @param id the container's
 * @throws {RuntError} `invalid-config` for the root of a hierarchy, `unsupported` when this host has no devices
 * controller: without it a container could use every device
 */
export function cgroupPaths(
  cgroupsPath: string,
  id: string,
  { mode, root, mounts, own }: CgroupHierarchies,
): Record<string, string> {
  const inner = cleanCgroupPath(cgroupsPath || id), absolute = inner.startsWith("/");
  if (inner === "/" || inner === "") {
    const message = `Cannot use "${cgroupsPath}" as the container's cgroup: it is not the container's alone`;
    throw new RuntError("invalid-config", message, { path: "linux.cgroupsPath" });
  }
  if (mode === "unified") {
    const self = own[""] ?? "/";
    const above = absolute ? "" : self.slice(0, self.lastIndexOf("/"));
    return { "": `${root}${above}${absolute ? "" : "/"}${inner}` };
  }
  const paths: Record<string, string> = {};
  for (const controller of CONTROLLERS.split(" ")) {
    const self = own[controller];
    // runt's own cgroup is listed in every hierarchy that is mounted anywhere.
    const mount = self !== undefined &&
      mounts.find(({ mountpoint, options }) =>
        options.includes(controller) && (!absolute || mountpoint.startsWith(root + "/"))
      );
    if (!mount) {
      if (controller !== "devices") continue;
      const hint = "cgroup v1's devices controller, or cgroup v2, must be mounted below /sys/fs/cgroup";
      throw new RuntError("unsupported", "mountpoint for devices not found", { hint });
    }
    paths[controller] = absolute
      ? `${root}${mount.mountpoint.slice(mount.mountpoint.lastIndexOf("/"))}${inner}`
      : `${ownDirectory(mount, self)}/${inner}`;
  }
  if (mode === "hybrid") paths[""] = `${root}/unified${absolute ? "" : "/"}${inner}`;
  return paths;
}

/** The directory of this process's own cgroup. Inside a container only part of the hierarchy is mounted. */
function ownDirectory({ mountpoint, root }: CgroupMount, own: string): string {
  const below = root === "/" ? own : own.startsWith(root) ? own.slice(root.length) : undefined;
  if (below === undefined || (below && !below.startsWith("/")) || own.startsWith("/..")) {
    const message =
      `Cannot place the container's cgroup: runt's own, "${own}", is outside "${root}", which is ` +
      `what ${mountpoint} shows`;
    throw new RuntError("unsupported", message, { path: "linux.cgroupsPath", hint: "give an absolute path" });
  }
  return mountpoint + (below === "/" ? "" : below);
}
