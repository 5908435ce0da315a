/**
 * A container's cgroup, whatever the host's version of cgroups.
 *
 * @module
 */
import type { Kernel } from "../../ffi/kernel.ts";
import type { CgroupHierarchies, CgroupMode } from "../host/cgroup_hierarchies.ts";
import type { LinuxResources } from "../spec/resources.ts";
import { modeOf } from "./mode.ts";
import { cgroupPaths } from "./path.ts";
import { CgroupManagerV1 } from "./v1/manager.ts";
import { CgroupManagerV2 } from "./v2/manager.ts";

/** Whether the processes of a cgroup run; `UNDEFINED` where there is no freezer. */
export type FreezerState = "FROZEN" | "THAWED" | "UNDEFINED";

/**
 * What of the resources is written: `limits` (memory, cpu, cpuset) hold from before the container's process is made;
 * `devices` (and the number of processes) only when it has set up its root, since that takes devices and may take a
 * process more. `update` is what can be changed later: all but devices.
 */
export type ResourcePart = "all" | "limits" | "devices" | "update";

/** What is known of the container whose cgroup it is. */
export interface CgroupRequest {
  /** The container's id. */
  readonly id: string;
  /** `linux.cgroupsPath`; empty when not given. */
  readonly path: string;
  /** What shall hold from the first moment: cpuset and realtime settings are written before anybody joins. */
  readonly resources?: LinuxResources;
  /** Paths of `linux.devices`: a default device that is made anew there loses its default rule. */
  readonly devicePaths?: readonly string[];
  /** systemd makes it (`--systemd-cgroup`): it is there before it is prepared, and so is the container's process. */
  readonly systemd: boolean;
  /** The caller may lack the right to make cgroups, which is forgiven where nothing depends on it. */
  readonly rootless?: boolean;
  /** The caller is in a user namespace: the kernel gives no say about devices there. */
  readonly inUserNamespace?: boolean;
}

/** A container's cgroup: one directory in v2, one in each hierarchy in v1. */
export interface CgroupManager {
  readonly mode: CgroupMode;
  /** Absolute directories by controller; v2's by the empty string. They go to state.json as `cgroup_paths`. */
  readonly paths: Readonly<Record<string, string>>;

  /** It is made by a user's own systemd. */
  readonly ofUser?: boolean;

  /**
   * Refuses a cgroup that has processes or is frozen. To be asked before anything is written down about the
   * container: what deletes it later would end those processes.
   *
   * @throws {RuntError} with runc's text
   */
  refuseOccupied(): void;

  /**
   * Makes the directories, with the settings that must be there before a process joins.
   *
   * @throws {RuntError} when that fails or the cgroup is occupied; what was made is removed again
   */
  prepare(): void;

  /**
   * Writes limits, to a cgroup in use too. The default devices' rules are added to those of `resources`.
   *
   * @throws {RuntError} naming the setting and the file
   */
  set(resources: LinuxResources, part?: ResourcePart): void;

  /**
   * Where somebody else makes the cgroup around a process: has it made, with the limits that hold from the start.
   *
   * @param pid the container's process, which has to do nothing more with its cgroup until it was told to join
   * @throws {RuntError} with runc's text
   */
  placeProcess?(pid: number): void;

  /**
   * Queues calls by which the process that runs them joins. It must have one thread: only the calling thread is
   * moved in v1, which is what makes it fast (a process is moved under a lock that waits for an RCU period).
   *
   * Nothing is queued once {@linkcode openForClone} gave a descriptor: processes are cloned into the cgroup then.
   *
   * @param kernel of the process that joins, still in the host's mount namespace
   * @param wholeProcess move all threads
   */
  queueJoin(kernel: Kernel, wholeProcess?: boolean): void;

  /** v2: an `O_PATH` descriptor for `CLONE_INTO_CGROUP` (`clone3(2)`), which the caller closes. v1: undefined. */
  openForClone(): number | undefined;

  /** Ids of the processes in the cgroup; with `all` of those below it too. */
  pids(all?: boolean): number[];

  /** Whether the cgroup is there. */
  exists(): boolean;

  /**
   * Stops or continues all processes; returns when they are.
   *
   * @throws {RuntError} when that cannot be done; they run then
   */
  freeze(state: "FROZEN" | "THAWED"): void;

  /** Whether the processes are stopped by {@linkcode freeze}. */
  freezerState(): FreezerState;

  /** How many processes the kernel has killed for want of memory; 0 when not known. */
  oomKillCount(): number;

  /**
   * Removes the cgroup and those below it.
   *
   * @throws {RuntError} when processes stay in it
   */
  remove(): void;
}

/**
 * The cgroup of a container, new or (with `paths`) made before. One that systemd makes is opened by
 * `libcontainer/cgroups/systemd/manager.ts`, which uses what this returns for its files.
 *
 * @param host asked only when `paths` are not given
 * @param paths `cgroup_paths` of state.json
 * @param kernel of this process; needed for v2's device filter and {@linkcode CgroupManager.openForClone}
 * @throws {RuntError} when there is no place for it
 */
export function openCgroupManager(
  request: CgroupRequest,
  host: { readonly cgroups: CgroupHierarchies },
  paths?: Readonly<Record<string, string>>,
  kernel?: Kernel,
): CgroupManager {
  const mode = paths ? modeOf(paths) : host.cgroups.mode;
  const where = paths ?? cgroupPaths(request.path, request.id, host.cgroups);
  return mode === "unified"
    ? new CgroupManagerV2(() => host.cgroups.root, where[""]!, request, kernel)
    : new CgroupManagerV1(mode, request, where, kernel);
}
