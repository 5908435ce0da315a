/**
 * What an init image does with a message, in TypeScript: a second reading of `ffi/batch.ts`' drawing, to hold the
 * encoder against.
 *
 * @module
 */
import { ARENA, HEADER, OPERATION, RESULT } from "../../ffi/batch.ts";
import { KIND, SKIP_IF } from "../../ffi/operation_kind.ts";

/** A system call of the model: its number, six words, and the memory by address. */
export type ModelCall = (number: number, args: readonly bigint[], memory: ModelMemory) => number;

/** The arena, by address. */
export class ModelMemory {
  readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The bytes at an address. */
  at(address: bigint, size: number): Uint8Array {
    const from = Number(address) - ARENA;
    if (from < 0 || from + size > this.bytes.length) {
      throw new RangeError(`EFAULT: ${size} bytes at ${address}`);
    }
    return this.bytes.subarray(from, from + size);
  }

  /** The NUL-terminated string at an address. */
  string(address: bigint): string {
    const from = Number(address) - ARENA, end = this.bytes.indexOf(0, from);
    if (from < 0 || end < 0) throw new RangeError(`EFAULT: a string at ${address}`);
    return new TextDecoder().decode(this.bytes.subarray(from, end));
  }

  /** The word at an address. */
  word(address: bigint): bigint {
    return this.view.getBigInt64(Number(address) - ARENA, true);
  }
}

/** Whether a skip's condition holds. */
function holds(value: bigint, condition: number): boolean {
  if (condition === SKIP_IF.zero) return value === 0n;
  if (condition === SKIP_IF.nonzero) return value !== 0n;
  return condition === SKIP_IF.negative ? value < 0n : value >= 0n;
}

/**
 * Runs a message.
 *
 * @param message the message, as it was sent
 * @param call makes the system calls
 * @returns the reply
 */
export function runMessage(message: Uint8Array, call: ModelCall): Uint8Array {
  const memory = new ModelMemory(message.slice()), { view, bytes } = memory;
  const count = view.getUint32(0, true), reply = view.getUint32(4, true);
  for (let index = 0; index < count; index++) {
    const at = HEADER + OPERATION * index, refs = bytes[at + 64]!, kind = bytes[at + 65]!;
    const args = [0, 1, 2, 3, 4, 5].map((k) => {
      const word = view.getBigInt64(at + 8 + 8 * k, true);
      return refs & 1 << k ? memory.word(word) : word;
    });
    const [a0, a1, a2] = args as [bigint, bigint, bigint];
    let result = 0;
    if (kind === KIND.syscall) {
      result = call(Number(view.getBigInt64(at, true)), args, memory);
    } else if (kind === KIND.copy) {
      memory.at(a0, Number(a2)).set(memory.at(a1, Number(a2)).slice());
    } else if (kind === KIND.compare) {
      const other = memory.at(a1, Number(a2));
      result = Number(!memory.at(a0, Number(a2)).every((byte, i) => byte === other[i]));
    } else if (kind === KIND.skip && holds(a0, Number(a1))) {
      index += Number(a2);
      continue;
    }
    view.setBigInt64(at + RESULT, BigInt(result), true);
    const accepted = bytes.subarray(at + 66, at + 72);
    if (kind === KIND.syscall && result < 0 && accepted[0] !== 0xff && !accepted.includes(-result)) {
      view.setUint32(8, count - index, true);
      break;
    }
  }
  return bytes.slice(0, reply);
}
