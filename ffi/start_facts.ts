/**
 * What the entry stub of the executable noted before Deno started, since Deno's start changes or hides it: it
 * raises the soft limit of open files, opens descriptors of its own, ignores SIGPIPE, and stops in a directory that
 * no longer exists.
 *
 * The stub (`tools/denort/stub_x86_64.ts`) leaves a record of 64-bit words, which the loader puts at
 * `globalThis[Symbol.for("runt.start")]`:
 *
 * ```text
 *  0  address of libc's `environ`             6  blocked signals, bit n-1 for signal n
 *  1  the caller's envp                       7  ignored signals, bit n-1 for signal n
 *  2  address of the script                   8  bit 0: the working directory no longer existed
 *  3  address of the script's main slice      9  the initial stack as the kernel wrote it: argc, argv, …
 *  4  RLIMIT_NOFILE, soft                    10  open descriptors, bit n for descriptor n, 0 to 63
 *  5  RLIMIT_NOFILE, hard                   11  address of the stub's own segment
 * ```
 *
 * Without the stub (`deno run main.ts`, or a stock executable) there is no record, and nothing is known.
 *
 * @module
 */

/** What a process was given by its caller. */
export interface StartFacts {
  /** RLIMIT_NOFILE (`getrlimit(2)`); `undefined` where the stub could not ask. `2n ** 64n - 1n` is no limit. */
  readonly nofile: { readonly soft: bigint; readonly hard: bigint } | undefined;
  /** Blocked signals (`sigprocmask(2)`); bit n-1 for signal n. */
  readonly blockedSignals: bigint;
  /** Signals that were ignored (`sigaction(2)`); bit n-1 for signal n. */
  readonly ignoredSignals: bigint;
  /** Open descriptors from 0 to 63; bit n for descriptor n. */
  readonly openDescriptors: bigint;
  /** Which of the descriptors 0 to 2 were closed; they are `/dev/null` now. */
  readonly closedStandard: readonly number[];
  /**
   * The working directory no longer existed, or was out of reach. It is `/proc/self/fdinfo` now, where no relative
   * path leads to a file, and `Deno.cwd()` throws `NotFound`.
   */
  readonly directoryLost: boolean;
}

const RECORD = Symbol.for("runt.start");

/** What the stub noted; `undefined` when runt was not started by it. */
export function readStartFacts(): StartFacts | undefined {
  const words = (globalThis as { [RECORD]?: BigUint64Array })[RECORD];
  return words && decodeStartFacts(words);
}

/** Reads a record. */
export function decodeStartFacts(words: BigUint64Array): StartFacts {
  const soft = words[4]!, hard = words[5]!, open = words[10]!;
  return {
    nofile: hard === 0n ? undefined : { soft, hard },
    blockedSignals: words[6]!,
    ignoredSignals: words[7]!,
    openDescriptors: open,
    closedStandard: [0, 1, 2].filter((descriptor) => (open >> BigInt(descriptor) & 1n) === 0n),
    directoryLost: (words[8]! & 1n) !== 0n,
  };
}

/** True when a descriptor was open when runt started, rather than opened by Deno; `undefined` when not known. */
export function wasOpenAtStart(facts: StartFacts | undefined, descriptor: number): boolean | undefined {
  if (facts === undefined || descriptor < 0 || descriptor > 63) return undefined;
  return (facts.openDescriptors >> BigInt(descriptor) & 1n) === 1n;
}
