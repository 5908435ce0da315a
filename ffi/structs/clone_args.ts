import { type Fd, u64s } from "../kernel.ts";
import { Block, type BlockPart, type Out, Result } from "../operation.ts";

/** Bytes of `struct clone_args`. */
export const CLONE_ARGS_SIZE = 88;

/** What clone3(2) is told. */
export interface CloneArgs {
  /** `CLONE_*`, added up: some are over 32 bits. */
  readonly flags: number;
  /** Where a pidfd of the child is stored, for `CLONE_PIDFD`: 4 bytes. */
  readonly pidfd?: Out;
  /** Signal to the parent when the child dies; 0 for none (and for `CLONE_PARENT`). */
  readonly exitSignal?: number;
  /** Directory of the child's cgroup, for `CLONE_INTO_CGROUP`. */
  readonly cgroup?: Fd;
}

/** `struct clone_args` of clone3(2), all of it; linux/sched.h. */
export function encodeCloneArgs({ flags, pidfd, exitSignal = 0, cgroup }: CloneArgs): Block {
  const known = typeof cgroup === "number" ? cgroup : 0;
  const bytes = u64s(flags, 0, 0, 0, exitSignal, 0, 0, 0, 0, 0, known), parts: BlockPart[] = [];
  if (pidfd) parts.push({ at: 8, value: pidfd });
  if (cgroup instanceof Result) parts.push({ at: 80, value: cgroup });
  return new Block(bytes, parts);
}
