/**
 * Types of D-Bus, as signatures: `y` byte, `b` boolean, `n` `q` `i` `u` `x` `t` numbers, `d` double, `s` string, `o` path of
 * an object, `g` signature, `v` variant, `a…` array, `(…)` struct, `{…}` entry of a dictionary.
 *
 * @see https://dbus.freedesktop.org/doc/dbus-specification.html#type-system
 * @module
 */

/**
 * A value of some type. Numbers of 64 bits may be bigint, and are when they are read; arrays and structs are arrays, one of
 * bytes may be a `Uint8Array`, and is when it is read.
 */
export type Value = number | bigint | string | boolean | Uint8Array | Variant | readonly Value[];

/** A value that says its type. */
export interface Variant {
  readonly signature: string;
  readonly value: Value;
}

/** A variant. */
export function variant(signature: string, value: Value): Variant {
  return { signature, value };
}

/** Bytes of a number of each type; a type's alignment is that too. */
export const SIZES: Readonly<Record<string, number>> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  x: 8,
  t: 8,
  d: 8,
};

/** How deep arrays and structs may be in each other: the specification has 32 of each. */
const MOST_NESTED = 32;

/** What a value of a type begins at a multiple of. */
export function alignmentOf(type: string): number {
  const first = type.charAt(0);
  if (first === "(" || first === "{") return 8;
  if (first === "g" || first === "v") return 1;
  return SIZES[first] ?? 4;
}

/**
 * The complete types that a signature has, one behind the other.
 *
 * @throws {RangeError} for what is no signature
 */
export function splitSignature(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length;) {
    const end = endOfType(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, at: number, depth: number): number {
  const first = signature.charAt(at);
  if (first in SIZES || "sogv".includes(first) && first !== "") return at + 1;
  if (depth < MOST_NESTED) {
    if (first === "a") return endOfType(signature, at + 1, depth + 1);
    const close = first === "(" ? ")" : first === "{" ? "}" : undefined;
    if (close !== undefined) {
      let end = at + 1;
      while (end < signature.length && signature.charAt(end) !== close) {
        end = endOfType(signature, end, depth + 1);
      }
      if (end > at + 1 && end < signature.length) return end + 1;
    }
  }
  throw new RangeError(`not a D-Bus signature: ${JSON.stringify(signature)}`);
}
