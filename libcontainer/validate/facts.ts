/**
 * What the checks of config.json need to know about this host.
 *
 * @module
 */

import type { LinuxNamespaceType } from "../spec/linux.ts";

/**
 * Facts of this host. The implementation (in `host/`) probes each one when it is first read and only then,
 * so a check reads a fact after everything that it can decide from the config alone.
 */
export interface HostFacts {
  /** `legacy`: cgroup v1 alone; `hybrid`: v1 and an extra v2 mount; `unified`: v2 alone at /sys/fs/cgroup. */
  readonly cgroupMode: "legacy" | "hybrid" | "unified";
  /** Number of the highest capability that the kernel has (/proc/sys/kernel/cap_last_cap). */
  readonly lastCap: number;
  /** Whether AppArmor is on (/sys/kernel/security/apparmor, /sys/module/apparmor/parameters/enabled). */
  readonly apparmorEnabled: boolean;
  /** Whether SELinux is on (selinuxfs is mounted, and a policy loaded). */
  readonly selinuxEnabled: boolean;
  /** Where resctrl is mounted, whether with allocation of L3 caches and of memory bandwidth; undefined: not at all. */
  readonly intelRdt: { readonly root: string; readonly cat: boolean; readonly mba: boolean } | undefined;
  /** Whether the kernel has this kind of namespace (/proc/self/ns). */
  hasNamespace(type: LinuxNamespaceType): boolean;
  /**
   * Whether a namespace file is the namespace that runt itself is in (same device and inode).
   *
   * @throws {Error} when the path cannot be examined
   */
  isOwnNamespace(type: "network" | "mount", path: string): boolean;
}
