/**
 * `linux` of config.json, but for `resources` and `seccomp`.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md
 * @module
 */

import type { Int64 } from "./integer.ts";
import type { LinuxResources } from "./resources.ts";
import type { LinuxSeccomp } from "./seccomp.ts";

/** Everything that only Linux has. */
export interface Linux {
  /** User ids of a new user namespace. */
  readonly uidMappings?: readonly LinuxIDMapping[];
  /** Group ids of a new user namespace. */
  readonly gidMappings?: readonly LinuxIDMapping[];
  /** Kernel parameters (`net.ipv4.ip_forward`) and their values, sysctl(8). */
  readonly sysctl?: Readonly<Record<string, string>>;
  /** cgroup limits. */
  readonly resources?: LinuxResources;
  /** Where the container's cgroup is, below the cgroup mount; with systemd `slice:prefix:name`. */
  readonly cgroupsPath?: string;
  /** Namespaces that are made, or joined by path; those not listed are the runtime's own. */
  readonly namespaces?: readonly LinuxNamespace[];
  /** Device nodes beside the default ones. */
  readonly devices?: readonly LinuxDevice[];
  /** Network devices moved into the container's network namespace, by their name on the host. */
  readonly netDevices?: Readonly<Record<string, LinuxNetDevice>>;
  /** System call filter. */
  readonly seccomp?: LinuxSeccomp;
  /** Propagation of the root mount: `shared`, `slave`, `private`, `unbindable`, or each with a leading `r`. */
  readonly rootfsPropagation?: string;
  /** Absolute paths hidden inside the container. */
  readonly maskedPaths?: readonly string[];
  /** Absolute paths made read-only inside the container. */
  readonly readonlyPaths?: readonly string[];
  /** SELinux context of the container's mounts. */
  readonly mountLabel?: string;
  /** Intel RDT, resctrl. */
  readonly intelRdt?: LinuxIntelRdt;
  /** NUMA memory policy, set_mempolicy(2). */
  readonly memoryPolicy?: LinuxMemoryPolicy;
  /** Execution domain, personality(2). */
  readonly personality?: LinuxPersonality;
  /** Clock offsets of a new time namespace, by clock (`monotonic`, `boottime`). */
  readonly timeOffsets?: Readonly<Record<string, LinuxTimeOffset>>;
}

/** A range of ids of a user namespace, user_namespaces(7). */
export interface LinuxIDMapping {
  /** First id inside the container. */
  readonly containerID: number;
  /** First id outside. */
  readonly hostID: number;
  /** How many ids. */
  readonly size: number;
}

/** A namespace to make, or with `path` to join. */
export interface LinuxNamespace {
  readonly type: LinuxNamespaceType;
  /** A namespace file of this type, such as `/run/netns/a`; absolute. */
  readonly path?: string;
}

/** Kinds of namespaces, namespaces(7). */
export type LinuxNamespaceType =
  | "pid"
  | "network"
  | "mount"
  | "ipc"
  | "uts"
  | "user"
  | "cgroup"
  | "time";

/** A device node, mknod(2). */
export interface LinuxDevice {
  /** Where, inside the container; absolute. */
  readonly path: string;
  /** `c` or `u` character device, `b` block device, `p` FIFO. */
  readonly type: string;
  readonly major: number;
  readonly minor: number;
  /** Permission bits (a decimal number in the file). Default 0666. */
  readonly fileMode?: number;
  /** Owner inside the container. Default 0. */
  readonly uid?: number;
  /** Group inside the container. Default 0. */
  readonly gid?: number;
}

/** A network device to move. */
export interface LinuxNetDevice {
  /** Its name inside the container; absent: the same. */
  readonly name?: string;
}

/** Offset of a clock in a time namespace, time_namespaces(7). */
export interface LinuxTimeOffset {
  readonly secs?: Int64;
  readonly nanosecs?: number;
}

/** Execution domain, personality(2). */
export interface LinuxPersonality {
  readonly domain: "LINUX" | "LINUX32";
  /** None are defined so far. */
  readonly flags?: readonly string[];
}

/** Intel Resource Director Technology, resctrl. */
export interface LinuxIntelRdt {
  /** Class of service: the directory in resctrl. Absent: the container's id. */
  readonly closID?: string;
  /** Lines for `schemata`, written last. */
  readonly schemata?: readonly string[];
  /** `L3:<cache>=<bitmask>;…` */
  readonly l3CacheSchema?: string;
  /** `MB:<cache>=<percent or MBps>;…` */
  readonly memBwSchema?: string;
  /** Whether the container gets a monitoring group of its own. */
  readonly enableMonitoring?: boolean;
}

/** NUMA memory policy, set_mempolicy(2). */
export interface LinuxMemoryPolicy {
  readonly mode: MemoryPolicyMode;
  /** Nodes as a list with ranges, such as `0-3,7`. */
  readonly nodes?: string;
  readonly flags?: readonly MemoryPolicyFlag[];
}

/** Modes of set_mempolicy(2). */
export type MemoryPolicyMode =
  | "MPOL_DEFAULT"
  | "MPOL_BIND"
  | "MPOL_INTERLEAVE"
  | "MPOL_WEIGHTED_INTERLEAVE"
  | "MPOL_PREFERRED"
  | "MPOL_PREFERRED_MANY"
  | "MPOL_LOCAL";

/** Flags of set_mempolicy(2). */
export type MemoryPolicyFlag = "MPOL_F_NUMA_BALANCING" | "MPOL_F_RELATIVE_NODES" | "MPOL_F_STATIC_NODES";
