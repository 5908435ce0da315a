/**
 * What a container uses, in the shape and by the names in which runc prints it. Numbers are exact: many are over 2^53.
 * What runc leaves out when it is 0 or empty is left out.
 *
 * @module
 */

/** A number that may be left out. */
export type Some = bigint | undefined;

/** What a container uses. */
export interface Stats {
  readonly cpu: {
    /** Nanoseconds. */
    readonly usage: {
      readonly total: Some;
      readonly percpu: readonly bigint[] | undefined;
      readonly percpu_kernel: readonly bigint[] | undefined;
      readonly percpu_user: readonly bigint[] | undefined;
      readonly kernel: bigint;
      readonly user: bigint;
    };
    readonly throttling: {
      readonly periods: Some;
      readonly throttledPeriods: Some;
      readonly throttledTime: Some;
    };
    readonly psi?: Pressure | undefined;
  };
  /** CPUs and memory nodes, and the switches of v1's cpuset. */
  readonly cpuset: Readonly<Record<string, bigint | readonly bigint[] | undefined>>;
  readonly memory: {
    readonly cache: Some;
    readonly usage: MemoryUse;
    readonly swap: MemoryUse;
    readonly kernel: MemoryUse;
    readonly kernelTCP: MemoryUse;
    /** `memory.stat`. */
    readonly raw: Readonly<Record<string, bigint>> | undefined;
    readonly psi?: Pressure | undefined;
  };
  readonly pids: { readonly current: Some; readonly limit: Some };
  /** Lists of {@linkcode BlockIOEntry} by name; `psi`: {@linkcode Pressure}. */
  readonly blkio: Readonly<Record<string, readonly BlockIOEntry[] | Pressure | undefined>>;
  readonly hugetlb: Readonly<
    Record<string, { readonly usage: Some; readonly max: Some; readonly failcnt: bigint }>
  >;
  readonly intel_rdt: Readonly<Record<never, never>>;
  readonly network_interfaces: null;
}

/** Bytes of one kind of memory. */
export interface MemoryUse {
  readonly limit: bigint;
  readonly usage: Some;
  readonly max: Some;
  readonly failcnt: bigint;
}

/** Operations or bytes of a device. */
export interface BlockIOEntry {
  readonly major: Some;
  readonly minor: Some;
  readonly op: string | undefined;
  readonly value: Some;
}

/** Pressure stall information (`https://docs.kernel.org/accounting/psi.html`), of some tasks and of all. */
export interface Pressure {
  readonly some?: PressureData;
  readonly full?: PressureData;
}

/** Averages in percent; total in microseconds. */
export interface PressureData {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly total: bigint;
}

/** Nothing is known of it. */
export const NO_MEMORY_USE: MemoryUse = { limit: 0n, usage: undefined, max: undefined, failcnt: 0n };
