import { writeWord } from "./words.ts";
import { type Arg, At, Block, Out, Result, Word } from "./operation.ts";

/** The result of an operation that was not run: no errno, and no result of a system call. */
export const NOT_RUN = -0x7fff0000;

const encoder = new TextEncoder();

/** Writes words, strings and structs one behind the other into memory whose address is known. */
export class Writer {
  /** The memory as 32-bit words, which are cheaper to write than through a DataView. */
  readonly words: Int32Array;
  /** Offset of the next free byte. */
  at = 0;
  /** Copies of results into structs, which must be made before the operation that is being written. */
  readonly copies: { to: number; from: Result; size: number }[] = [];

  /**
   * @param bytes memory, or a copy of it; aligned to 4 bytes
   * @param base the address that `bytes[0]` has for whoever runs the calls
   */
  constructor(readonly bytes: Uint8Array, readonly base: number) {
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  }

  /** Writes a word (two's complement, little-endian) at a multiple of 4. */
  word(at: number, value: number | bigint): void {
    writeWord(this.words, at >> 2, value);
  }

  /** Room for `size` bytes, aligned to 8. */
  reserve(size: number): number {
    const at = this.at;
    this.at = (at + size + 7) & ~7;
    if (this.at > this.bytes.length) {
      throw new RangeError("Cannot encode a batch: it is over the arena's size");
    }
    return at;
  }

  /** The word that stands for an argument: the number itself, or the address where its bytes were written. */
  place(arg: Exclude<Arg, Result>, outs: Map<Out, number>): number | bigint {
    if (typeof arg === "number" || typeof arg === "bigint") return arg;
    if (typeof arg === "string") return this.base + this.#string(arg);
    if (arg instanceof Word) return arg.value;
    if (arg instanceof At) return Number(this.place(arg.out, outs)) + arg.at;
    if (arg instanceof Out) {
      let at = outs.get(arg);
      if (at === undefined) outs.set(arg, at = this.reserve(arg.size));
      return this.base + at;
    }
    if (arg instanceof Block) {
      const at = this.#bytes(arg.bytes);
      for (const part of arg.parts) {
        const { value, size = 8 } = part;
        if (!(value instanceof Result)) this.word(at + part.at, this.place(value, outs));
        else if (isOpen(value)) this.copies.push({ to: at + part.at, from: value, size });
        else if (size === 4) this.words[(at + part.at) >> 2] = knownValue(value);
        else this.word(at + part.at, knownValue(value));
      }
      return this.base + at;
    }
    return this.base + this.#bytes(arg);
  }

  #bytes(bytes: Uint8Array): number {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at);
    return at;
  }

  /**
   * Writes strings, NUL-terminated, one behind the other; their offsets. All at once where they are ASCII, as most are:
   * a call for each is what costs.
   */
  strings(texts: readonly string[]): number[] {
    if (!texts.length) return [];
    const joined = texts.join("\0") + "\0", start = this.at;
    if (start + joined.length > this.bytes.length) this.reserve(joined.length);
    const { written } = encoder.encodeInto(joined, this.bytes.subarray(start));
    if (written !== joined.length) return texts.map((text) => this.#string(text));
    this.reserve(written);
    let at = start;
    return texts.map((text) => (at += text.length + 1) - text.length - 1);
  }

  #string(text: string): number {
    const at = this.at;
    // A UTF-16 unit takes three bytes of UTF-8 at the most; when that may not fit, measure.
    if (at + text.length * 3 + 8 > this.bytes.length) {
      this.reserve(encoder.encode(text).length + 1), this.at = at;
    }
    const { written } = encoder.encodeInto(text, this.bytes.subarray(at));
    this.bytes[at + written] = 0;
    this.at = (at + written + 8) & ~7;
    return at;
  }
}

/** Whether a result is known only when the message runs. */
export function isOpen(result: Result): boolean {
  return result.raw === undefined && !result.skipped;
}

/** What a result of an earlier message is to this one: one that was passed over stays that. */
export function knownValue(result: Result): number {
  return result.skipped ? NOT_RUN : result.value;
}
