/**
 * What a system call is before anybody has made it: a number, arguments, and a place for its result.
 *
 * @module
 */

/** A region that the kernel fills in; read {@linkcode Out.bytes} once the call was made. */
export class Out {
  /** What the kernel wrote; zeroes until the call was made. */
  bytes: Uint8Array;

  /** @param size bytes to reserve */
  constructor(readonly size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** A view of the bytes. */
  get view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }
}

/** A region that has bytes in it from the start. */
export class Prepared extends Out {
  /** @param content what is in it */
  constructor(readonly content: Uint8Array) {
    super(content.length);
  }
}

/** The address of a byte in a region. */
export class At {
  /**
   * @param out the region
   * @param at the byte's offset
   */
  constructor(readonly out: Out, readonly at: number) {}
}

/** A value that goes into a {@linkcode Block}: an address of something, or the result of an earlier call. */
export interface BlockPart {
  /** Offset in the block. */
  readonly at: number;
  /** What goes there: for a result its value, for all others the address. */
  readonly value: string | Uint8Array | Block | Out | Result;
  /** Bytes that the value takes; 8 unless told. */
  readonly size?: 4 | 8;
}

/** A struct that holds pointers or results: bytes, and what to put over them when its address is known. */
export class Block {
  constructor(readonly bytes: Uint8Array, readonly parts: readonly BlockPart[]) {}
}

/** A text with a name in it, and room for a longer one; see `transcript.ts`. */
export class Named extends Block {
  /** Bytes that it takes. */
  static readonly SIZE = 512;

  /** The text, of which `before` is what stands before the name and `after` what stands behind it. */
  constructor(readonly before: string, readonly name: string, readonly after: string) {
    const bytes = new Uint8Array(Named.SIZE);
    new TextEncoder().encodeInto(before + name + after, bytes.subarray(0, Named.SIZE - 1));
    super(bytes, []);
  }
}

/** A word that an earlier call of the same message (or one before, if it was flushed) left in a region. */
export class Word {
  /**
   * @param out the region
   * @param at the word's offset; eight bytes are read
   */
  constructor(readonly out: Out, readonly at: number) {}

  /** Its value, once the call was made. */
  get value(): number {
    return Number(this.out.view.getBigInt64(this.at, true));
  }
}

/** An argument of a system call. Strings are passed NUL-terminated, regions by address. */
export type Arg = number | bigint | string | Uint8Array | Out | At | Block | Result | Word;

/** For whom a call is made; it goes into the error when the call fails. */
export interface Where {
  /** The init step, such as `mounts`. */
  readonly step: string;
  /** The place in config.json, such as `mounts[3]`. */
  readonly path?: string;
  /** What the user would call it, such as `"/dev/mqueue"`. */
  readonly what?: string;
}

/** The errnos that do not fail a batch: up to six, or all. */
export type Accept = readonly number[] | "any";

/** One system call to be made. */
export interface Operation {
  readonly name: string;
  readonly nr: number;
  readonly args: readonly Arg[];
  readonly accept: Accept;
  readonly where: Where;
  readonly result: Result;
}

/** The result of an operation, known once the kernel has been flushed; usable as an argument before that. */
export class Result {
  /** The raw return value: `-errno` for a failure; undefined until known. */
  raw: number | undefined = undefined;
  /** Set when the operation stood in a branch that was not taken. */
  skipped = false;
  /** Where a machine that batches has the result until it is known; meaningless to others. */
  address = 0;

  /**
   * The return value.
   *
   * @throws {Error} when the kernel was not flushed since; a fault of the caller
   */
  get value(): number {
    if (this.raw === undefined) throw new Error("Cannot read a result: the kernel was not flushed");
    return this.raw;
  }

  /** Whether the call was made and succeeded. */
  get ok(): boolean {
    return !this.skipped && this.value >= 0;
  }

  /** The errno of an accepted failure, else 0. */
  get errno(): number {
    return !this.skipped && this.value < 0 ? -this.value : 0;
  }
}
