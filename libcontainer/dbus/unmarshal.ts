import { alignmentOf, SIZES, splitSignature, type Value } from "./value.ts";

/** How deep variants may be in each other. */
const MOST_VARIANTS = 32;

/**
 * Reads values. What comes from a peer is not trusted: nothing is read beyond the end, and no length is believed.
 *
 * @param bytes begin at a multiple of eight of their message
 * @param signature the types
 * @param little whether numbers are little-endian
 * @throws {RangeError} for bytes that are not of these types
 */
export function unmarshal(bytes: Uint8Array, signature: string, little = true): Value[] {
  const reader = new Reader(bytes, little);
  return splitSignature(signature).map((type) => reader.read(type));
}

/** Reads one value behind the other. */
export class Reader {
  /** Where it is. */
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  #variants = 0;

  constructor(bytes: Uint8Array, little: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
  }

  /** The next value, of one complete type. */
  read(type: string): Value {
    this.align(alignmentOf(type));
    switch (type.charAt(0)) {
      case "s":
      case "o":
        return this.#text(Number(this.#number("u")));
      case "g":
        return this.#text(Number(this.#number("y")));
      case "v":
        return this.#variant();
      case "a":
        return this.#array(type.slice(1));
      case "(":
      case "{":
        return splitSignature(type.slice(1, -1)).map((inner) => this.read(inner));
      case "b":
        return this.#number("u") !== 0;
      default:
        return this.#number(type);
    }
  }

  /** Passes over what fills up to a multiple. */
  align(to: number): void {
    this.#take((to - this.at % to) % to);
  }

  #variant(): Value {
    if (++this.#variants > MOST_VARIANTS) throw new RangeError("variants are too deep in each other");
    const signature = this.#text(Number(this.#number("y"))), types = splitSignature(signature);
    if (types.length !== 1) throw new RangeError(`a variant has one value, not "${signature}"`);
    const value = this.read(signature);
    this.#variants--;
    return { signature, value };
  }

  #array(type: string): Value {
    const length = Number(this.#number("u"));
    this.align(alignmentOf(type));
    const begin = this.#take(length), end = this.at;
    if (type === "y") return this.#bytes.slice(begin, end);
    const elements: Value[] = [];
    for (this.at = begin; this.at < end;) elements.push(this.read(type));
    if (this.at !== end) throw new RangeError("an array does not end with its last element");
    return elements;
  }

  #text(length: number): string {
    const begin = this.#take(length), end = this.#take(1);
    if (this.#bytes[end] !== 0) throw new RangeError("a string has no NUL at its end");
    return new TextDecoder().decode(this.#bytes.subarray(begin, end));
  }

  #number(type: string): number | bigint {
    const at = this.#take(SIZES[type]!), view = this.#view, little = this.#little;
    switch (type) {
      case "y":
        return view.getUint8(at);
      case "n":
        return view.getInt16(at, little);
      case "q":
        return view.getUint16(at, little);
      case "i":
        return view.getInt32(at, little);
      case "x":
        return view.getBigInt64(at, little);
      case "t":
        return view.getBigUint64(at, little);
      case "d":
        return view.getFloat64(at, little);
      default:
        return view.getUint32(at, little);
    }
  }

  /** Passes over bytes that must be there; where they begin. */
  #take(count: number): number {
    const begin = this.at;
    if (count > this.#bytes.length - begin) throw new RangeError("a message ends before its values do");
    this.at = begin + count;
    return begin;
  }
}
