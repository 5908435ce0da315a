/**
 * Operations as bytes: the message between runt and the init image. Both directions are in this file.
 *
 * A message is a small program. It lies at {@linkcode ARENA} in the init image, which runs it in place and sends
 * its first `reply` bytes back, so a reply has the same shape:
 *
 * ```
 *  0        4        8        12       16                 24                 32
 *  ┌────────┬────────┬────────┬────────┬──────────────────┬──────────────────┐
 *  │ count  │ reply  │ left   │ 0      │ 0                │ 0                │ header
 *  ├────────┴────────┼────────┴────────┴───────┬──────────┴──────────────────┤
 *  │ number          │ a0 … a5 (6 words)       │ result │ refs kind accept×6 │ operation, 72 bytes, × count
 *  ├─────────────────┴─────────────────────────┴────────┴────────────────────┤
 *  │ regions that the kernel fills in (`Out`)                                │
 *  ├─────────────────────────────────────────────────────────────────────────┤
 *  │ strings and structs that arguments point to                             │
 *  └─────────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * - `reply`: bytes to send back; 0 sends nothing (the tail, which nobody waits for).
 * - `left`: written by the image: operations not done when one failed, counted from that one; 0 when all ran.
 * - `refs`: bit k set: a{k} is the address of a word which holds the argument (a result of an earlier operation).
 * - `accept`: errnos that do not end the message; 0xff in the first place: all.
 * - `kind`: what the operation is, {@linkcode KIND}.
 *
 * A region or a struct is at the same offset in both directions, so its address is known when the message is
 * written. Words are little-endian.
 *
 * @module
 */
import { type Arg, Block, type Operation, Out, Result } from "./operation.ts";

/** Where the message lies in the init image. */
export const ARENA = 0x800000;
/** Bytes of the largest message. A SEQPACKET message must fit the socket's send buffer (212,992 by default). */
export const ARENA_SIZE = 0x20000;
/** Bytes of the header. */
export const HEADER = 32;
/** Bytes of an operation. */
export const OPERATION = 72;
/** Offset of the result in an operation. */
export const RESULT = 56;
/** The result of an operation that was not run: no errno, and no result of a system call. */
export const NOT_RUN = -0x7fff0000;

/** Kinds of operation. The names of the pseudo calls map to them by {@linkcode pseudoNumber}. */
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
} as const;

/** What a1 of a skip says about a0. */
export const SKIP_IF = { zero: 0, nonzero: 1, negative: 2, notNegative: 3 } as const;

/** Pseudo calls have numbers below this, so that one number says it all. */
const PSEUDO = -1000;

/** The number that stands for a pseudo call in an {@linkcode Operation}. */
export function pseudoNumber(name: string): number | undefined {
  return name === "copy" || name === "compare" || name === "control" ? PSEUDO - KIND[name] : undefined;
}

/** A branch or an operation, in order. */
export type Entry = Operation | Skip;

/** Passes over the next `count` entries when `on` comes out as `condition` ({@linkcode SKIP_IF}) says. */
export interface Skip {
  readonly skip: true;
  readonly on: Result;
  readonly condition: number;
  count: number;
}

const encoder = new TextEncoder();

/** Writes words, strings and structs one behind the other into memory whose address is known. */
export class Writer {
  readonly view: DataView;
  /** Offset of the next free byte. */
  at = 0;
  /** Copies of results into structs, which must be made before the operation that is being written. */
  readonly copies: { to: number; from: Result; size: number }[] = [];

  /**
   * @param bytes memory, or a copy of it
   * @param base the address that `bytes[0]` has for whoever runs the calls
   */
  constructor(readonly bytes: Uint8Array, readonly base: number) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Writes a word (two's complement, little-endian). */
  word(at: number, value: number | bigint): void {
    if (typeof value === "bigint") return this.view.setBigInt64(at, BigInt.asIntN(64, value), true);
    this.view.setInt32(at, value | 0, true);
    // A number's own >>> drops what is over 32 bits, so the upper half is a division; it is exact to 2^53.
    this.view.setInt32(at + 4, Math.floor(value / 0x100000000) | 0, true);
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
        else if (size === 4) this.view.setInt32(at + part.at, knownValue(value), true);
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

/** Bytes of text and structs that an argument needs at the most; for deciding when to flush. */
export function sizeOf(arg: Arg): number {
  if (typeof arg === "string") return arg.length * 3 + 8;
  if (arg instanceof Out) return arg.size + 8;
  if (arg instanceof Result) return 8;
  if (arg instanceof Uint8Array) return arg.length + 8;
  if (!(arg instanceof Block)) return 0;
  let size = arg.bytes.length + 8;
  for (const part of arg.parts) size += part.value instanceof Result ? OPERATION : sizeOf(part.value);
  return size;
}

/** A message, and what is needed to read its reply. */
export interface Encoded {
  readonly message: Uint8Array;
  readonly outs: ReadonlyMap<Out, number>;
  /** Bytes of the reply. */
  readonly reply: number;
  /** The entry that each operation of the message stands for; undefined for copies that the encoder added. */
  readonly slots: readonly (Operation | undefined)[];
}

/**
 * Writes entries as a message.
 *
 * @param entries what to run
 * @param memory where to write; {@linkcode ARENA_SIZE} bytes are used at the most
 * @param silent whether no reply is wanted
 */
export function encode(entries: readonly Entry[], memory: Uint8Array, silent = false): Encoded {
  // Structs with results in them need a copy operation each, in front of the call: count those first.
  const slots: (Operation | undefined)[] = [];
  const position: number[] = [];
  for (const entry of entries) {
    if (!("skip" in entry)) {
      for (const arg of entry.args) for (let n = holes(arg); n > 0; n--) slots.push(undefined);
    }
    position.push(slots.length);
    slots.push("skip" in entry ? undefined : entry);
  }
  const w = new Writer(memory, ARENA), { view } = w, count = slots.length;
  w.reserve(HEADER + OPERATION * count);
  const outs = new Map<Out, number>();
  // Regions first, so that the reply is short.
  for (const entry of entries) {
    if (!("skip" in entry)) {
      for (const arg of entry.args) placeOuts(arg, w, outs);
    }
  }
  // The memory has an earlier message in it; a region must be zero where the kernel writes nothing.
  memory.fill(0, 0, w.at);
  const reply = silent ? 0 : w.at;
  let slot = 0;
  const write = (kind: number, nr: number, args: readonly Arg[], entry?: Operation) => {
    const at = HEADER + OPERATION * slot++;
    let refs = 0;
    for (let k = 0; k < args.length; k++) {
      const arg = args[k]!;
      if (arg instanceof Result && isOpen(arg)) {
        refs |= 1 << k;
        w.word(at + 8 + 8 * k, addressOf(arg));
      } else w.word(at + 8 + 8 * k, w.place(arg instanceof Result ? knownValue(arg) : arg, outs));
    }
    w.word(at, nr);
    w.word(at + RESULT, NOT_RUN);
    view.setUint8(at + 64, refs);
    view.setUint8(at + 65, kind);
    if (!entry) return;
    if (entry.accept === "any") view.setUint8(at + 66, 0xff);
    else entry.accept.forEach((errno, i) => view.setUint8(at + 66 + i, errno));
  };
  entries.forEach((entry, i) => {
    if ("skip" in entry) {
      const from = position[i]! + 1, to = i + entry.count + 1;
      const end = to < entries.length ? firstSlot(entries, position, to) : count;
      return write(KIND.skip, 0, [entry.on, entry.condition, end - from]);
    }
    entry.result.slot = position[i]!;
    const copies = entry.args.reduce((n: number, arg) => n + holes(arg), 0);
    const pseudo = entry.nr <= PSEUDO;
    // The copies come first in the message but are known only once the struct is placed: leave their slots.
    const first = slot;
    slot += copies;
    write(
      pseudo ? PSEUDO - entry.nr : KIND.syscall,
      pseudo ? 0 : entry.nr,
      entry.args.map(pseudo ? address : same),
      entry,
    );
    const behind = slot;
    slot = first;
    for (const { to, from, size } of w.copies.splice(0)) {
      write(KIND.copy, 0, [ARENA + to, addressOf(from), size]);
    }
    slot = behind;
  });
  view.setUint32(0, count, true);
  view.setUint32(4, reply, true);
  return { message: memory.subarray(0, w.at), outs, reply, slots };
}

/** What a reply says. */
export interface Decoded {
  /** The operation that failed and its errno. */
  readonly failed: { operation: Operation; errno: number } | undefined;
}

/** Reads a reply into the results and regions of its operations. */
export function decode(reply: Uint8Array, { outs, slots }: Encoded): Decoded {
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const left = view.getUint32(8, true), failedAt = left ? slots.length - left : -1;
  for (const [out, at] of outs) out.bytes = reply.slice(at, at + out.size);
  for (let i = 0; i < slots.length; i++) {
    const operation = slots[i];
    if (!operation) continue;
    const at = HEADER + OPERATION * i + RESULT;
    const value = view.getUint32(at, true) + view.getInt32(at + 4, true) * 0x100000000;
    if (value === NOT_RUN) operation.result.skipped = true;
    else operation.result.raw = value;
  }
  const operation = slots[failedAt];
  return { failed: operation && { operation, errno: -operation.result.value } };
}

function addressOf(result: Result): number {
  if (result.slot < 0) throw new Error("Cannot refer to a result: its call is not in this batch");
  return ARENA + HEADER + OPERATION * result.slot + RESULT;
}

/** Whether a result is known only when the message runs. */
function isOpen(result: Result): boolean {
  return result.raw === undefined && !result.skipped;
}

/** What a result of an earlier message is to this one: one that was passed over stays that. */
function knownValue(result: Result): number {
  return result.skipped ? NOT_RUN : result.value;
}

/** Pseudo calls take addresses: a result is meant by its place, not by its value. */
function address(arg: Arg, index: number): Arg {
  if (index !== 1 || !(arg instanceof Result)) return arg;
  return isOpen(arg) ? addressOf(arg) : new Uint8Array(BigInt64Array.of(BigInt(knownValue(arg))).buffer);
}

function same(arg: Arg): Arg {
  return arg;
}

function holes(arg: Arg): number {
  if (!(arg instanceof Block)) return 0;
  return arg.parts.reduce((n, { value }) => {
    return n + (value instanceof Result ? Number(isOpen(value)) : holes(value));
  }, 0);
}

function placeOuts(arg: Arg, w: Writer, outs: Map<Out, number>): void {
  if (arg instanceof Out) w.place(arg, outs);
  else if (arg instanceof Block) {
    for (const { value } of arg.parts) if (!(value instanceof Result)) placeOuts(value, w, outs);
  }
}

/** The first slot that belongs to an entry: that of its first copy, if it has any. */
function firstSlot(entries: readonly Entry[], position: readonly number[], index: number): number {
  const entry = entries[index]!;
  const copies = "skip" in entry ? 0 : entry.args.reduce((n: number, arg) => n + holes(arg), 0);
  return position[index]! - copies;
}
