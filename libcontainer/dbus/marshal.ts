import { alignmentOf, SIZES, splitSignature, type Value, type Variant } from "./value.ts";

const encoder = new TextEncoder();

/**
 * Values as bytes, little-endian.
 *
 * @param signature their types
 * @returns bytes that are to begin at a multiple of eight
 * @see https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-marshaling
 */
export function marshal(signature: string, values: readonly Value[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  splitSignature(signature).forEach((type, i) => write(bytes, type, values[i]!));
  return new Uint8Array(bytes);
}

function write(bytes: number[], type: string, value: Value): void {
  align(bytes, alignmentOf(type));
  switch (type.charAt(0)) {
    case "s":
    case "o":
      return writeText(bytes, value as string, 4);
    case "g":
      return writeText(bytes, value as string, 1);
    case "v": {
      const { signature, value: inner } = value as Variant;
      writeText(bytes, signature, 1);
      return write(bytes, signature, inner);
    }
    case "a":
      return writeArray(bytes, type.slice(1), value as readonly Value[] | Uint8Array);
    case "(":
    case "{":
      return splitSignature(type.slice(1, -1)).forEach((inner, i) =>
        write(bytes, inner, (value as readonly Value[])[i]!)
      );
    default:
      writeNumber(bytes, type, value as number | bigint | boolean);
  }
}

function writeNumber(bytes: number[], type: string, value: number | bigint | boolean): void {
  const view = new DataView(new ArrayBuffer(8)), size = SIZES[type]!;
  if (type === "d") view.setFloat64(0, Number(value), true);
  // Two's complement cut to its size is right for all others, signed or not.
  else view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  for (let i = 0; i < size; i++) bytes.push(view.getUint8(i));
}

function writeText(bytes: number[], text: string, lengthSize: 1 | 4): void {
  const encoded = encoder.encode(text);
  if (lengthSize === 4) writeNumber(bytes, "u", encoded.length);
  else bytes.push(encoded.length);
  for (const byte of encoded) bytes.push(byte);
  bytes.push(0);
}

/** The length does not count the padding before the first element, which is there in an empty array too. */
function writeArray(bytes: number[], type: string, elements: readonly Value[] | Uint8Array): void {
  const at = bytes.length;
  writeNumber(bytes, "u", 0);
  align(bytes, alignmentOf(type));
  const begin = bytes.length;
  for (const element of elements) write(bytes, type, element);
  const length: number[] = [];
  writeNumber(length, "u", bytes.length - begin);
  bytes.splice(at, 4, ...length);
}

function align(bytes: number[], to: number): void {
  while (bytes.length % to) bytes.push(0);
}
