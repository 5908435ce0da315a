/**
 * What an operation of a message is (`batch.ts`): a system call, or one of the few things beside it that whoever runs the
 * message does itself, which are called by name as if they were calls, too.
 *
 * @module
 */

/** Kinds, as the message has them. */
export const KIND = {
  /** `number` is a system call. */
  syscall: 0,
  /** If a0 compares as a1 says ({@linkcode SKIP_IF}), a2 operations are passed over (negative: run again). */
  skip: 1,
  /** a2 bytes are copied to address a0 from address a1. */
  copy: 2,
  /** The result is 0 if a2 bytes at the addresses a0 and a1 are equal, else 1. */
  compare: 3,
  /** The control socket is descriptor a0 from now on. */
  control: 4,

  // Those below are in answers only (`answer.ts`).

  /** The time is written into the text at address a0, a2 bytes on: as RFC 3339 has it, UTC, with milliseconds. */
  clock: 5,
  /** The result is the word a0 bytes on in the stub's facts. */
  fact: 6,
  /**
   * A text is put together at address a0, NUL-terminated. a1: the pieces, pairs of address and size up to an address of
   * 0; a size of -1 means up to the piece's NUL, of -2 up to and with its last "/", of -3 what is behind that. The
   * result is the text's length.
   */
  text: 7,
  /** The number a1 is written as text to address a0, NUL-terminated. */
  number: 8,
  /** The result is the a1-th number behind the last ")" of the text at address a0 (`proc_pid_stat(5)`). */
  field: 9,
  /** The result is 0 if a2 results of operations, the first at address a0, are the words at address a1, the least word: any that is no failure. */
  equal: 10,
  /** A process is made (`spawn.ts`) of what address a0 says. */
  spawn: 11,
  /** The result is the exit code of child a0, of pidfd a1; signals go on to it but for those in mask a2; all must be blocked. Orphans are reaped. */
  wait: 12,
} as const;

/** What a1 of a skip says about a0. */
export const SKIP_IF = { zero: 0, nonzero: 1, negative: 2, notNegative: 3 } as const;

/** Names of the pseudo calls that a message may hold beside system calls. A skip is written for a branch. */
export type PseudoName = Exclude<keyof typeof KIND, "syscall" | "skip">;

/** Pseudo calls have numbers below this, so that one number says it all: their kind is as much as they are below it. */
export const PSEUDO = -1000;

/** The number that stands for a pseudo call in an `Operation`; undefined for a system call. */
export function pseudoNumber(name: string): number | undefined {
  const kind: number | undefined = KIND[name as PseudoName];
  return kind === undefined ? undefined : PSEUDO - kind;
}
