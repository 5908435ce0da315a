/** What sched_setattr(2) is told. */
export interface SchedAttr {
  /** `SCHED_*` */
  readonly policy: number;
  /** `SCHED_FLAG_*` */
  readonly flags?: number;
  /** For `SCHED_NORMAL` and `SCHED_BATCH`. */
  readonly nice?: number;
  /** For `SCHED_FIFO` and `SCHED_RR`. */
  readonly priority?: number;
  /** For `SCHED_DEADLINE`, nanoseconds. */
  readonly runtime?: bigint;
  readonly deadline?: bigint;
  readonly period?: bigint;
}

/** `struct sched_attr`, its first version of 48 bytes, which every kernel takes; linux/sched/types.h. */
export function encodeSchedAttr(attr: SchedAttr): Uint8Array {
  const bytes = new Uint8Array(48), view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, attr.policy, true);
  view.setUint32(8, attr.flags ?? 0, true);
  view.setInt32(16, attr.nice ?? 0, true);
  view.setUint32(20, attr.priority ?? 0, true);
  view.setBigUint64(24, attr.runtime ?? 0n, true);
  view.setBigUint64(32, attr.deadline ?? 0n, true);
  view.setBigUint64(40, attr.period ?? 0n, true);
  return bytes;
}
