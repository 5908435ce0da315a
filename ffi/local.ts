import { Writer } from "./writer.ts";
import { Kernel, type Operation, type PseudoName, type Result, type SyscallName } from "./kernel.ts";
import type { Arg, Condition } from "./kernel.ts";
import { KernelError } from "./kernel_error.ts";
import type { Native } from "./native.ts";
import { Out, Result as ResultClass } from "./operation.ts";
import { EINTR } from "./errno.ts";

/**
 * Linux, called by this process, each call at once.
 *
 * Results are known when a call returns, so {@linkcode LocalKernel.flush} has nothing to do and
 * {@linkcode LocalKernel.when} decides on the spot.
 */
export class LocalKernel extends Kernel {
  readonly #native: Native;
  readonly #writer: Writer;

  /** @param native this process's routines and memory */
  constructor(native: Native) {
    super();
    this.#native = native;
    this.#writer = new Writer(native.arena, native.arenaAddress);
  }

  protected override number(name: SyscallName | PseudoName): number {
    const number: number | undefined = this.#native.numbers[name as SyscallName];
    if (number === undefined) throw new Error(`Cannot make a ${name} here: only messages have it`);
    return number;
  }

  protected override submit(operation: Operation): Result {
    const { args, accept, result } = operation, writer = this.#writer, outs = new Map<Out, number>();
    writer.at = 0;
    const words: (number | bigint)[] = [];
    for (const arg of args) {
      words.push(arg instanceof ResultClass ? arg.value : writer.place(arg, outs));
    }
    for (const out of outs.keys()) this.#zero(outs.get(out)!, out.size);
    let value: number;
    // A signal that Deno's own handlers take must not fail a call (signal(7)); close(2) is the exception.
    do value = this.#native.call(operation.nr, ...words); while (
      value === -EINTR && operation.name !== "close"
    );
    result.raw = value;
    for (const [out, at] of outs) out.bytes = this.#native.arena.slice(at, at + out.size);
    if (value < 0 && value >= -4095 && accept !== "any" && !accept.includes(-value)) {
      throw new KernelError(operation, -value, this.#native.errorText(-value));
    }
    return result;
  }

  /** Throws what a call that is not made through this class has come to. */
  fail(name: SyscallName, args: readonly Arg[], errno: number): never {
    const operation = { name, nr: 0, args, accept: [], where: this.where, result: new ResultClass() };
    throw new KernelError(operation, errno, this.#native.errorText(errno));
  }

  override flush(): void {}

  override when(result: Result, condition: Condition, body: () => void): void {
    const holds = {
      ok: result.ok,
      failed: !result.ok,
      zero: !result.skipped && result.value === 0,
      nonzero: result.skipped || result.value !== 0,
    };
    if (holds[condition]) body();
  }

  #zero(at: number, size: number): void {
    this.#native.arena.fill(0, at, at + size);
  }
}
