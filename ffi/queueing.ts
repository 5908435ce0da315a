import { type Entry, HEADER, OPERATION, sizeOf, type Skip } from "./batch.ts";
import { SKIP_IF } from "./operation_kind.ts";
import { type Condition, Kernel, type Operation, type Result } from "./kernel.ts";

/** A Linux whose calls are gathered into messages (`batch.ts`). */
export abstract class QueueingKernel extends Kernel {
  /** What is queued. */
  protected entries: Entry[] = [];
  /** Bytes that it will take at the most. */
  protected size = HEADER;
  /** How many branches what is queued next is in; nothing can be sent inside of one. */
  protected depth = 0;

  /** Queues a call. */
  protected queue(operation: Operation, size: number): Result {
    this.size += size;
    this.entries.push(operation);
    return operation.result;
  }

  override when(result: Result, condition: Condition, body: () => void): void {
    const opposite = {
      ok: SKIP_IF.negative,
      failed: SKIP_IF.notNegative,
      zero: SKIP_IF.nonzero,
      nonzero: SKIP_IF.zero,
    };
    const skip: Skip = { skip: true, on: result, condition: opposite[condition], count: 0 };
    const at = this.entries.push(skip);
    this.size += OPERATION;
    this.whole(body);
    skip.count = this.entries.length - at;
  }

  /** Has all that `body` queues go in one message, whatever was queued before. */
  whole(body: () => void): void {
    this.depth++;
    try {
      body();
    } finally {
      this.depth--;
    }
  }
}

/** Bytes that a call takes in a message at the most. */
export function sizeOfOperation({ args }: Operation): number {
  return args.reduce<number>((sum, arg) => sum + sizeOf(arg), OPERATION);
}
