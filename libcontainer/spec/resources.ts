/**
 * `linux.resources` of config.json: cgroup limits. The names are cgroup v1's; v2's values are derived.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#control-groups
 * @module
 */

import type { Int64, Uint64 } from "./integer.ts";

/** cgroup limits. `update` reads one of these from its file too. */
export interface LinuxResources {
  /** Which devices may be used, in this order, the last match wins. */
  readonly devices?: readonly LinuxDeviceCgroup[];
  readonly memory?: LinuxMemory;
  readonly cpu?: LinuxCPU;
  readonly pids?: LinuxPids;
  readonly blockIO?: LinuxBlockIO;
  readonly hugepageLimits?: readonly LinuxHugepageLimit[];
  readonly network?: LinuxNetwork;
  /** RDMA limits by device name. */
  readonly rdma?: Readonly<Record<string, LinuxRdma>>;
  /** cgroup v2 files (`memory.high`) and what is written to them. */
  readonly unified?: Readonly<Record<string, string>>;
}

/** A rule of the device cgroup. */
export interface LinuxDeviceCgroup {
  readonly allow: boolean;
  /** `a` all (default), `c` character, `b` block. */
  readonly type?: string;
  /** Absent or -1: all. */
  readonly major?: number;
  /** Absent or -1: all. */
  readonly minor?: number;
  /** Some of `r` (read), `w` (write), `m` (mknod). */
  readonly access?: string;
}

/** Memory limits in bytes; -1 is unlimited. */
export interface LinuxMemory {
  /** Limit of memory. */
  readonly limit?: Int64;
  /** Soft limit of memory. */
  readonly reservation?: Int64;
  /** Limit of memory and swap together. */
  readonly swap?: Int64;
  /** Limit of kernel memory. Deprecated, ignored with a warning. */
  readonly kernel?: Int64;
  /** Limit of kernel memory for TCP. Deprecated, ignored with a warning. */
  readonly kernelTCP?: Int64;
  /** 0 to 100, v1 only. */
  readonly swappiness?: Uint64;
  /** v1 only. */
  readonly disableOOMKiller?: boolean;
  /** v1 only; ignored, the kernel has nothing else any more. */
  readonly useHierarchy?: boolean;
  /** Whether `update` refuses a limit below what is in use. */
  readonly checkBeforeUpdate?: boolean;
}

/** CPU limits. */
export interface LinuxCPU {
  /** Relative weight, 2 to 262144. */
  readonly shares?: Uint64;
  /** Microseconds in each period; -1 is unlimited. */
  readonly quota?: Int64;
  /** Microseconds of unused quota that may be used later. */
  readonly burst?: Uint64;
  /** Microseconds. */
  readonly period?: Uint64;
  /** Microseconds; v1 only. */
  readonly realtimeRuntime?: Int64;
  /** Microseconds; v1 only. */
  readonly realtimePeriod?: Uint64;
  /** CPUs as a list with ranges, such as `0-3,7`. */
  readonly cpus?: string;
  /** Memory nodes as a list with ranges. */
  readonly mems?: string;
  /** 1: SCHED_IDLE; 0: default. */
  readonly idle?: number;
}

/** Limit of tasks. */
export interface LinuxPids {
  /** Most tasks in the cgroup; -1 is no limit. */
  readonly limit?: Int64;
}

/** Block I/O limits. */
export interface LinuxBlockIO {
  /** 10 to 1000. */
  readonly weight?: number;
  /** 10 to 1000, CFQ scheduler only. */
  readonly leafWeight?: number;
  readonly weightDevice?: readonly LinuxWeightDevice[];
  /** Bytes in a second. */
  readonly throttleReadBpsDevice?: readonly LinuxThrottleDevice[];
  /** Bytes in a second. */
  readonly throttleWriteBpsDevice?: readonly LinuxThrottleDevice[];
  /** Operations in a second. */
  readonly throttleReadIOPSDevice?: readonly LinuxThrottleDevice[];
  /** Operations in a second. */
  readonly throttleWriteIOPSDevice?: readonly LinuxThrottleDevice[];
}

/** Weight of one device. */
export interface LinuxWeightDevice {
  readonly major: number;
  readonly minor: number;
  readonly weight?: number;
  readonly leafWeight?: number;
}

/** Rate of one device. */
export interface LinuxThrottleDevice {
  readonly major: number;
  readonly minor: number;
  readonly rate: Uint64;
}

/** Limit of huge pages of one size, in bytes. */
export interface LinuxHugepageLimit {
  /** Such as `2MB`. */
  readonly pageSize: string;
  readonly limit: Uint64;
}

/** Network classes and priorities; v1 only. */
export interface LinuxNetwork {
  /** net_cls class. */
  readonly classID?: number;
  readonly priorities?: readonly LinuxInterfacePriority[];
}

/** net_prio priority of one interface. */
export interface LinuxInterfacePriority {
  readonly name: string;
  readonly priority: number;
}

/** RDMA limits of one device. */
export interface LinuxRdma {
  readonly hcaHandles?: number;
  readonly hcaObjects?: number;
}
