/** Powers of 1024, from none on. */
const UNITS = "kmgtp";

/**
 * Reads a number of bytes as Docker's units package does, which runc uses: `64m`, `1.5g`, `512 KiB`; units are powers of
 * 1024.
 *
 * @returns undefined for what is none
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text);
  if (!match) return undefined;
  const [, number = "", unit] = match;
  return Math.trunc(Number(number) * 1024 ** (unit ? UNITS.indexOf(unit.toLowerCase()) + 1 : 0));
}
