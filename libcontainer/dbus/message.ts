/**
 * A message of D-Bus:
 *
 * ```
 *  ┌───────┬──────┬───────┬─────────┬─────────────┬────────┬───────────────────────────────┬─────┬──────
 *  │ 'l'   │ type │ flags │ version │ body length │ serial │ header fields: array of (yv)  │ pad │ body
 *  └───────┴──────┴───────┴─────────┴─────────────┴────────┴───────────────────────────────┴─────┴──────
 *  0       1      2       3         4             8        12                              to 8
 * ```
 *
 * @see https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-messages
 * @module
 */
import { marshal } from "./marshal.ts";
import { Reader, unmarshal } from "./unmarshal.ts";
import { type Value, type Variant, variant } from "./value.ts";

export const METHOD_CALL = 1, METHOD_RETURN = 2, ERROR = 3, SIGNAL = 4;

/** Bytes that say how long a message is. */
export const HEAD_SIZE = 16;
/** No message that is of use here is longer; the specification permits 128 MiB. */
const MOST_BYTES = 16 << 20;

/** Header fields by their number, and their types; in the order of sd-bus. */
const FIELDS = {
  path: [1, "o"],
  member: [3, "s"],
  interface: [2, "s"],
  errorName: [4, "s"],
  replySerial: [5, "u"],
  destination: [6, "s"],
  sender: [7, "s"],
  signature: [8, "g"],
} as const;

/** A message without its body. */
export interface Header {
  /** {@linkcode METHOD_CALL} and so on. */
  readonly type: number;
  /** Who sends it numbers his messages, from 1 on. */
  readonly serial: number;
  /** The call that this answers. */
  readonly replySerial?: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly destination?: string;
  readonly sender?: string;
  /** Types of the body's values. */
  readonly signature?: string;
}

/** A message that was received. */
export interface Message extends Header {
  /** Reads the body. @throws {RangeError} when it is not what the signature says */
  body(): Value[];
}

/** A message's bytes. */
export function encodeMessage(header: Header, body: readonly Value[] = []): Uint8Array<ArrayBuffer> {
  const fields: Value[] = [], { type, serial, signature = "" } = header;
  for (const [name, [number, fieldType]] of Object.entries(FIELDS)) {
    const value = header[name as keyof typeof FIELDS];
    if (value !== undefined) fields.push([number, variant(fieldType, value)]);
  }
  const bodyBytes = marshal(signature, body);
  const head = marshal("yyyyuua(yv)", [0x6c, type, 0, 1, bodyBytes.length, serial, fields]);
  const begin = Math.ceil(head.length / 8) * 8, bytes = new Uint8Array(begin + bodyBytes.length);
  bytes.set(head);
  bytes.set(bodyBytes, begin);
  return bytes;
}

/**
 * How many bytes a message has.
 *
 * @param head its first {@linkcode HEAD_SIZE}
 * @throws {RangeError} for what is no message, or too long a one
 */
export function messageSize(head: Uint8Array): number {
  const little = isLittle(head), [, , , version, body, , fields] = unmarshal(head, "yyyyuuu", little);
  if (version !== 1) throw new RangeError(`not a message of D-Bus: its version is ${version}`);
  const size = Math.ceil((HEAD_SIZE + Number(fields)) / 8) * 8 + Number(body);
  if (size > MOST_BYTES) throw new RangeError(`a message of ${size} bytes is too long`);
  return size;
}

/**
 * Reads a whole message; its body when asked for.
 *
 * @throws {RangeError} for what is no message
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const little = isLittle(bytes), reader = new Reader(bytes, little);
  const [, type, , , , serial] = ["y", "y", "y", "y", "u", "u"].map((part) => reader.read(part));
  const fields: Record<string, Value> = {};
  for (const [number, field] of reader.read("a(yv)") as [number, Variant][]) {
    for (const [name, [known, fieldType]] of Object.entries(FIELDS)) {
      if (known === number && field.signature === fieldType) fields[name] = field.value;
    }
  }
  reader.align(8);
  const { at } = reader, signature = (fields.signature ?? "") as string;
  return {
    type: type as number,
    serial: serial as number,
    ...fields,
    body: () => unmarshal(bytes.subarray(at), signature, little),
  };
}

function isLittle(bytes: Uint8Array): boolean {
  const endian = bytes[0];
  if (endian !== 0x6c && endian !== 0x42) throw new RangeError("not a message of D-Bus");
  return endian === 0x6c;
}
