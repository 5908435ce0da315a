/**
 * 64-bit words in memory, as two 32-bit halves: cheaper than a DataView, and exact to 2^53 as numbers.
 *
 * @module
 */

/**
 * Writes a word (two's complement, little-endian).
 *
 * @param words the memory
 * @param i index of the lower half
 */
export function writeWord(words: Int32Array, i: number, value: number | bigint): void {
  if (typeof value === "bigint") {
    words[i] = Number(BigInt.asIntN(32, value));
    words[i + 1] = Number(BigInt.asIntN(32, value >> 32n));
    return;
  }
  words[i] = value;
  // A number's own >>> drops what is over 32 bits, so the upper half is a division; it is exact to 2^53.
  words[i + 1] = value === (value | 0) ? value >> 31 : Math.floor(value / 0x100000000);
}

/**
 * Reads a signed word.
 *
 * @param words the memory
 * @param i index of the lower half
 */
export function readWord(words: Int32Array, i: number): number {
  const low = words[i]!, high = words[i + 1]!;
  // Most fit 32 bits: their upper half is the sign.
  return high === low >> 31 ? low : (low >>> 0) + high * 0x100000000;
}
