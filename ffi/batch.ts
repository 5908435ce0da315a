/**
 * Operations as bytes: the message between runt and the init image. Both directions are in this file.
 *
 * A message is a small program. It lies at {@linkcode ARENA} in the init image, or behind the message before, which
 * runs it in place and sends its first `reply` bytes back, so a reply has the same shape:
 *
 * ```
 *  0        4        8        12       16                 24                 32
 *  ┌────────┬────────┬────────┬────────┬──────────────────┬──────────────────┐
 *  │ count  │ reply  │ left   │ fresh  │ next             │ 0                │ header
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
 * - `fresh`: 1 when the sender knows how all messages before went. Others follow on one that is still running; if
 *   that fails, they are answered without being run.
 * - `next`: the address for the message after this one. One that follows lies behind, so that it may refer to results
 *   that are not known on this side yet.
 * - `refs`: bit k set: a{k} is the address of a word which holds the argument (a result of an earlier operation).
 * - `accept`: errnos that do not end the message; 0xff in the first place: all.
 * - `kind`: what the operation is, {@linkcode KIND}.
 *
 * A region or a struct is at the same offset in both directions, so its address is known when the message is
 * written. Words are little-endian.
 *
 * @module
 */
import { KIND, PSEUDO } from "./operation_kind.ts";
import { type Arg, At, Block, Named, type Operation, Out, Prepared, Result, Word } from "./operation.ts";
import { readWord } from "./words.ts";
import { isOpen, knownValue, NOT_RUN, Writer } from "./writer.ts";

export { NOT_RUN };

/** Where the message lies in the init image. */
export const ARENA = 0x800000;
/** Bytes of the largest message. A SEQPACKET message must fit the socket's send buffer (212,992 by default). */
export const MESSAGE_SIZE = 0x20000;
/** Bytes of the arena: messages that follow each other without waiting lie one behind the other. */
export const ARENA_SIZE = 0x40000;
/** Bytes of the header. */
export const HEADER = 32;
/** Bytes of an operation. */
export const OPERATION = 72;
/** Offset of the result in an operation. */
export const RESULT = 56;

/** A branch or an operation, in order. */
export type Entry = Operation | Skip;

/** Passes over the next `count` entries when `on` comes out as `condition` ({@linkcode SKIP_IF}) says. */
export interface Skip {
  readonly skip: true;
  readonly on: Result;
  readonly condition: number;
  count: number;
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
  /** Where texts lie that have a name in them. */
  readonly named: ReadonlyMap<Named, number>;
  /** Bytes of the reply. */
  readonly reply: number;
  /** The entry that each operation of the message stands for; undefined for copies that the encoder added. */
  readonly slots: readonly (Operation | undefined)[];
  /** The address of the message after this one. */
  readonly next: number;
}

/** How a message goes with those before and after it. */
export interface EncodeOptions {
  /** No reply is wanted. */
  readonly silent?: boolean;
  /** Its address over there; {@linkcode ARENA} unless told. */
  readonly base?: number;
  /** The outcome of all messages before is known. */
  readonly fresh?: boolean;
  /** The next message follows without waiting. */
  readonly follows?: boolean;
}

/**
 * Writes entries as a message.
 *
 * @param entries what to run
 * @param memory where to write; {@linkcode MESSAGE_SIZE} bytes are used at the most
 * @param options how it goes with the messages before and after
 */
export function encode(
  entries: readonly Entry[],
  memory: Uint8Array,
  { silent = false, base = ARENA, fresh = true, follows = false }: EncodeOptions = {},
): Encoded {
  const slots: (Operation | undefined)[] = [], first: number[] = [], texts: string[] = [];
  const regions: (Out | Block)[] = [];
  for (const entry of entries) {
    first.push(slots.length);
    if ("skip" in entry) {
      slots.push(undefined);
      continue;
    }
    for (const arg of entry.args) {
      if (typeof arg === "string") texts.push(arg);
      else if (typeof arg !== "object") continue;
      else if (arg instanceof Out) regions.push(arg);
      else if (arg instanceof At) regions.push(arg.out);
      else if (arg instanceof Block) {
        regions.push(arg);
        // A struct with results in it needs a copy operation for each, in front of the call.
        for (let n = holes(arg); n > 0; n--) slots.push(undefined);
      }
    }
    slots.push(entry);
  }
  const w = new Writer(memory, base), count = slots.length;
  w.reserve(HEADER + OPERATION * count);
  const outs = new Map<Out, number>(), named = new Map<Named, number>();
  // Regions first, so that the reply is short.
  for (const region of regions) placeOuts(region, w, outs);
  // The memory has an earlier message in it; a region must be zero where the kernel writes nothing.
  memory.fill(0, 0, w.at);
  for (const [out, at] of outs) if (out instanceof Prepared) memory.set(out.content, at);
  const reply = silent ? 0 : w.at, offsets = w.strings(texts);
  let slot = 0, text = 0;
  const write = (kind: number, nr: number, args: readonly Arg[], accept: Operation["accept"]) => {
    const at = HEADER + OPERATION * slot++, { words } = w;
    let refs = 0;
    for (let k = 0; k < args.length; k++) {
      const arg = args[k]!, to = at + 8 + 8 * k;
      const region = arg instanceof Word || arg instanceof At ? outs.get(arg.out) : undefined;
      if (typeof arg === "number") w.word(to, arg);
      else if (typeof arg === "string") w.word(to, base + offsets[text++]!);
      else if (region !== undefined) {
        if (arg instanceof Word) refs |= 1 << k;
        w.word(to, base + region + (arg as Word | At).at);
      } else if (!(arg instanceof Result)) {
        const place = w.place(arg, outs);
        w.word(to, place);
        if (arg instanceof Named) named.set(arg, Number(place) - base);
      } else if (isOpen(arg)) {
        refs |= 1 << k;
        w.word(to, addressOf(arg));
      } else w.word(to, knownValue(arg));
    }
    w.word(at, nr);
    w.word(at + RESULT, NOT_RUN);
    // refs, kind and six accepted errnos, a byte each.
    let low = refs | kind << 8, high = 0;
    if (accept === "any") low |= 0xff << 16;
    else {
      if (accept.length > 6) throw new RangeError("Cannot accept more than six errnos");
      for (let i = 0; i < accept.length; i++) {
        if (i < 2) low |= accept[i]! << 16 + 8 * i;
        else high |= accept[i]! << 8 * (i - 2);
      }
    }
    words[at + 64 >> 2] = low;
    words[at + 68 >> 2] = high;
  };
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    if ("skip" in entry) {
      const end = first[i + entry.count + 1] ?? count;
      write(KIND.skip, 0, [entry.on, entry.condition, end - first[i]! - 1], []);
      continue;
    }
    const { nr, args, accept, result } = entry, copies = slots.indexOf(entry, first[i]) - first[i]!;
    // The copies come first in the message but are known only once the struct is placed: leave their slots.
    slot += copies;
    result.address = base + HEADER + OPERATION * slot + RESULT;
    if (nr > PSEUDO) write(KIND.syscall, nr, args, accept);
    else write(PSEUDO - nr, 0, PSEUDO - nr <= KIND.compare ? args.map(address) : args, accept);
    if (!copies) continue;
    const behind = slot;
    slot = first[i]!;
    for (const { to, from, size } of w.copies.splice(0)) {
      write(KIND.copy, 0, [base + to, addressOf(from), size], []);
    }
    slot = behind;
  }
  w.words[0] = count;
  w.words[1] = reply;
  w.words[3] = fresh ? 1 : 0;
  const next = follows ? base + w.at : ARENA;
  w.words[4] = next;
  return { message: memory.subarray(0, w.at), outs, named, reply, slots, next };
}

/** What a reply says. */
export interface Decoded {
  /** The operation that failed and its errno. */
  readonly failed: { operation: Operation; errno: number } | undefined;
}

/** Reads a reply into the results and regions of its operations. */
export function decode(reply: Uint8Array, { outs, slots }: Encoded): Decoded {
  const words = new Int32Array(reply.buffer, reply.byteOffset, reply.byteLength >> 2);
  const left = words[2]!, failedAt = left ? slots.length - left : -1;
  for (const [out, at] of outs) out.bytes = reply.slice(at, at + out.size);
  for (let i = 0; i < slots.length; i++) {
    const operation = slots[i];
    if (!operation) continue;
    const value = readWord(words, HEADER + OPERATION * i + RESULT >> 2);
    if (value === NOT_RUN) operation.result.skipped = true;
    else operation.result.raw = value;
  }
  const operation = slots[failedAt];
  // A message that was not run at all, because one before it failed, has no failure of its own.
  if (!operation || operation.result.skipped) return { failed: undefined };
  return { failed: { operation, errno: -operation.result.value } };
}

function addressOf(result: Result): number {
  if (result.address === 0) throw new Error("Cannot refer to a result: its call was not made before");
  return result.address;
}

/** Pseudo calls take addresses: a result is meant by its place, not by its value. */
function address(arg: Arg, index: number): Arg {
  if (index !== 1 || !(arg instanceof Result)) return arg;
  return isOpen(arg) ? addressOf(arg) : new Uint8Array(BigInt64Array.of(BigInt(knownValue(arg))).buffer);
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
