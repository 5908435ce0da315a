import { ARENA, encode, pseudoNumber } from "./batch.ts";
import { type Operation, Out, type PseudoName, type Result, type SyscallName } from "./kernel.ts";
import type { Native } from "./native.ts";
import { QueueingKernel, sizeOfOperation } from "./queueing.ts";

/** What says that a file is an answer, in the seventh word of its header; "Answ". */
const MAGIC = 0x77736e41;
const DAY_MS = 86_400_000;

/**
 * Linux, called by a later process: calls are gathered into one message, which the executable's entry stub runs before
 * there is any JavaScript (`tools/denort/answer_x86_64.ts`).
 *
 * The message is as `batch.ts` has it, with two words more in the header: a magic number and the size of the whole.
 * It is an answer: when all its calls come out as they should, the process ends with 0. Else Deno starts as if nothing had been
 * tried, so up to the first call that changes something nothing may be left behind; descriptors are closed.
 */
export class AnswerKernel extends QueueingKernel {
  readonly #numbers: Native["numbers"];

  constructor({ numbers }: Pick<Native, "numbers">) {
    super();
    this.#numbers = numbers;
  }

  protected override number(name: SyscallName | PseudoName): number {
    return pseudoNumber(name) ?? this.#numbers[name as SyscallName];
  }

  protected override submit(operation: Operation): Result {
    return this.queue(operation, sizeOfOperation(operation));
  }

  /** Nothing is known before the answer is given. */
  override flush(): void {
    throw new Error("Cannot wait for what a later process does");
  }

  /** Unless an earlier call came out as `condition` says, the answer does not hold. */
  expect(result: Result, condition: "zero" | "nonzero"): void {
    const opposite = condition === "zero" ? "nonzero" : "zero";
    this.when(result, opposite, () => this.close(-1));
  }

  /**
   * A text that starts with a time of which the entry stub fills in the time of day.
   *
   * @param before what stands before the time
   * @param after what stands behind it
   * @param now the time of writing: the answer holds for the rest of its day, UTC
   * @returns where the text will be, and its length
   */
  clock(before: string, after: string, now: Date): { text: Out; size: number } {
    const midnight = Math.floor(now.getTime() / DAY_MS) * (DAY_MS / 1000);
    const bytes = new TextEncoder().encode(before + now.toISOString() + after), text = new Out(bytes.length);
    this.call("copy", [text, bytes, bytes.length]);
    this.call("clock", [text, midnight, new TextEncoder().encode(before).length]);
    return { text, size: bytes.length };
  }

  /** The answer, as it stands in its file. */
  finish(): Uint8Array<ArrayBuffer> {
    const memory = new Uint8Array(this.size + 7 & ~7);
    const { message } = encode(this.entries, memory, { silent: true, base: ARENA });
    const words = new Uint32Array(memory.buffer);
    words[6] = MAGIC;
    words[7] = message.length;
    return memory.subarray(0, message.length);
  }
}
