import { pseudoNumber } from "./operation_kind.ts";
import {
  type Condition,
  Kernel,
  type Operation,
  type PseudoName,
  type Result,
  type SyscallName,
} from "./kernel.ts";
import { formatArg, KernelError } from "./kernel_error.ts";
import { SYSCALLS } from "./syscall_numbers/x86_64.ts";

/** What a call shall come to: its return value (`-errno` for a failure), or undefined for the usual. */
export type Script = (operation: Operation, index: number) => number | undefined;

/** Calls that return a new descriptor. */
const RETURN_FD = new Set<string>(
  ("openat openat2 dup fsopen fsmount open_tree fspick memfd_create socket pidfd_open pidfd_getfd " +
    "landlock_create_ruleset").split(" "),
);

/**
 * A Linux that only notes what it is asked, and answers from a script. For unit tests and for showing what would
 * be done.
 *
 * Like the remote kernel it makes results known at {@linkcode RecordingKernel.flush}, and stops at the first call
 * that fails.
 */
export class RecordingKernel extends Kernel {
  /** The calls that would have been made, in order. */
  readonly operations: Operation[] = [];
  /** How often {@linkcode RecordingKernel.flush} had something to do. */
  flushes = 0;
  readonly #script: Script;
  #planned = new Map<Result, number>();
  #failed: { operation: Operation; errno: number } | undefined;
  #nextFd = 100;

  /** @param script what calls come to; by default all succeed, and those that open return new descriptors */
  constructor(script: Script = () => undefined) {
    super();
    this.#script = script;
  }

  protected override number(name: SyscallName | PseudoName): number {
    return pseudoNumber(name) ?? SYSCALLS[name as SyscallName];
  }

  protected override submit(operation: Operation): Result {
    const { result, name, accept } = operation;
    if (this.#failed) return result;
    const index = this.operations.push(operation) - 1;
    const value = this.#script(operation, index) ?? (RETURN_FD.has(name) ? this.#nextFd++ : 0);
    this.#planned.set(result, value);
    if (value < 0 && accept !== "any" && !accept.includes(-value)) {
      this.#failed = { operation, errno: -value };
    }
    return result;
  }

  override flush(): void {
    if (this.#planned.size) this.flushes++;
    for (const [result, value] of this.#planned) result.raw = value;
    this.#planned.clear();
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed) throw new KernelError(failed.operation, failed.errno, "as the script says");
  }

  override when(result: Result, condition: Condition, body: () => void): void {
    const value = this.#planned.get(result) ?? result.raw ?? -1;
    const holds = { ok: value >= 0, failed: value < 0, zero: value === 0, nonzero: value !== 0 };
    if (!this.#failed && holds[condition]) return body();
    // The results inside are skipped, as they are over there: note what the body would ask, and forget it.
    const kept = this.operations.length, failed = this.#failed, planned = this.#planned;
    this.#failed = undefined;
    this.#planned = new Map();
    body();
    for (const { result } of this.operations.splice(kept)) result.skipped = true;
    this.#failed = failed;
    this.#planned = planned;
  }

  /** The calls as text, one a line, results that are known filled in. */
  lines(): string[] {
    return this.operations.map(({ name, args }) => `${name}(${args.map(formatArg).join(", ")})`);
  }
}
