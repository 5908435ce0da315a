/**
 * What a container shall be, worked out from the spec and the host: no names left to look up, no options left to
 * parse. Plain data: it goes to `runt init` as JSON in self mode, and into unit tests as literals.
 *
 * @module
 */
import { MS_RDONLY } from "../../ffi/constants/mount.ts";
import type { DeviceConfig } from "./device_config.ts";
import type { IdMapping } from "./id_mapping.ts";
import type { MountConfig } from "./mount_config.ts";
import type { Hooks, LinuxNetDevice, LinuxResources } from "../spec/mod.ts";

export type { IdMapping };

/** A namespace to make, or to join when `path` is given. */
export interface NamespaceConfig {
  /** The spec's name: `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup`, `time`. */
  readonly type: string;
  /** `CLONE_NEW*` */
  readonly flag: number;
  /** Set: join this one. */
  readonly path?: string;
  /** Where in config.json. */
  readonly at: string;
}

/** Whether a container has a new namespace of a type, not one that it joins. */
export function makesNamespace({ namespaces }: Pick<Config, "namespaces">, type: string): boolean {
  return namespaces.some((namespace) => namespace.type === type && namespace.path === undefined);
}

/** Whether a container can write to its cgroup, which it has to itself. */
export function writesToCgroup(config: Pick<Config, "namespaces" | "mounts">): boolean {
  return makesNamespace(config, "cgroup") &&
    config.mounts.some(({ destination, type, flags }) =>
      type === "cgroup" && destination === "/sys/fs/cgroup" && !(flags & MS_RDONLY)
    );
}

/** Masks of capability numbers, one bit each (`capabilities(7)`), as hexadecimal text so that they survive JSON. */
export interface CapabilitySets {
  readonly bounding: string;
  readonly effective: string;
  readonly permitted: string;
  readonly inheritable: string;
  readonly ambient: string;
}

/** One limit of `setrlimit(2)`. Values as decimal text: they go to 2^64-1. */
export interface RlimitConfig {
  /** `RLIMIT_*` number */
  readonly resource: number;
  readonly soft: string;
  readonly hard: string;
  readonly at: string;
}

/** What sched_setattr(2) is told. Nanoseconds as decimal text: they go to 2^64-1. */
export interface SchedulerConfig {
  /** `SCHED_*` */
  readonly policy: number;
  /** `SCHED_FLAG_*` */
  readonly flags: number;
  readonly nice: number;
  readonly priority: number;
  readonly runtime: string;
  readonly deadline: string;
  readonly period: string;
}

/** CPUs as lists such as `0-3,7`; undefined: not told. */
export interface AffinityConfig {
  /** Before the process enters the container's cgroup. */
  readonly initial: string | undefined;
  /** In there. */
  readonly final: string | undefined;
}

/** What set_mempolicy(2) is told. */
export interface MemoryPolicyConfig {
  /** `MPOL_*` and `MPOL_F_*` */
  readonly mode: number;
  /** Nodes as a list such as `0-3,7`; undefined: none are given. */
  readonly nodes: string | undefined;
}

/** A terminal's size in characters; zeroes leave it to who shows it. */
export interface TerminalConfig {
  readonly rows: number;
  readonly columns: number;
}

/** The filter of system calls, compiled. */
export interface SeccompConfig {
  /** Two words for each instruction: code and jumps, then the constant (`struct sock_filter`). */
  readonly program: readonly number[];
  /** `SECCOMP_FILTER_FLAG_*` */
  readonly flags: number;
  /** Socket of the agent that is told of calls, when the filter tells of any. */
  readonly listenerPath?: string;
  /** For the agent, as it is. */
  readonly listenerMetadata?: string;
}

/** What a process may do beneath some path. */
export interface LandlockPath {
  /** Absolute, in the container. */
  readonly path: string;
  /** `LANDLOCK_ACCESS_FS_*` */
  readonly access: number;
  readonly at: string;
}

/** What a process may do with a port. */
export interface LandlockPort {
  readonly port: number;
  /** `LANDLOCK_ACCESS_NET_*` */
  readonly access: number;
  readonly at: string;
}

/** A ruleset of Landlock (landlock(7)), fitted to what this kernel has of it. */
export interface LandlockConfig {
  /** `LANDLOCK_ACCESS_FS_*` that are denied where no rule allows them. */
  readonly handledFs: number;
  /** `LANDLOCK_ACCESS_NET_*`, likewise. */
  readonly handledNet: number;
  /** `LANDLOCK_SCOPE_*` */
  readonly scoped: number;
  readonly paths: readonly LandlockPath[];
  readonly ports: readonly LandlockPort[];
  /** `LANDLOCK_RESTRICT_SELF_*` */
  readonly flags: number;
}

/** The container's process. */
export interface ProcessConfig {
  /** Undefined: the standard streams are runt's own. */
  readonly terminal: TerminalConfig | undefined;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly umask: number | undefined;
  readonly capabilities: CapabilitySets | undefined;
  readonly noNewPrivileges: boolean;
  readonly rlimits: readonly RlimitConfig[];
  readonly oomScoreAdj: number | undefined;
  readonly scheduler: SchedulerConfig | undefined;
  /** Class and priority as ioprio_set(2) takes them. */
  readonly ioPriority: number | undefined;
  /** For processes that are exec'ed; the container's first one may use all CPUs of its cgroup. */
  readonly affinity: AffinityConfig | undefined;
  /** The profile to execute under. */
  readonly apparmorProfile: string | undefined;
  /** The label to execute under. */
  readonly selinuxLabel: string | undefined;
  /** Execution domain, personality(2): the container's, for all its processes. */
  readonly personality: number | undefined;
  /** The container's, for all its processes. */
  readonly memoryPolicy: MemoryPolicyConfig | undefined;
}

/** Where the container's cgroup is and what it limits. */
export interface CgroupConfig {
  /** `linux.cgroupsPath` as given; empty when not. */
  readonly path: string;
  readonly resources: LinuxResources;
}

/** A container, ready to be made. */
export interface Config {
  readonly id: string;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  /** Absolute path of the root directory, symlinks resolved. */
  readonly rootfs: string;
  readonly readonlyRootfs: boolean;
  /** `MS_*` flags for `/` of the new mount namespace before anything is mounted. */
  readonly rootPropagation: number;
  /** Use `MS_MOVE` and `chroot(2)` in the place of `pivot_root(2)`. */
  readonly noPivot: boolean;
  readonly namespaces: readonly NamespaceConfig[];
  /** What the file `timens_offsets` of a new time namespace is told; empty: nothing. */
  readonly timeOffsets: string;
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  readonly mounts: readonly MountConfig[];
  readonly devices: readonly DeviceConfig[];
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly sysctl: readonly (readonly [name: string, value: string])[];
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  /** SELinux context of the files in new file systems. */
  readonly mountLabel: string | undefined;
  /** Make a session keyring (not `--no-new-keyring`). */
  readonly newKeyring: boolean;
  readonly process: ProcessConfig;
  /** For all processes of the container. */
  readonly seccomp?: SeccompConfig;
  /** For all processes of the container. */
  readonly landlock?: LandlockConfig;
  readonly cgroup: CgroupConfig;
  /** Set when there is at least one. */
  readonly hooks?: Hooks;
  /** Network devices of the host that the container takes over, by name. */
  readonly netDevices?: Readonly<Record<string, LinuxNetDevice>>;
  readonly annotations: Readonly<Record<string, string>>;
}
