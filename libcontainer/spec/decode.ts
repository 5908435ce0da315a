/**
 * JSON text into typed values: what Go's encoding/json does for runc, telling all problems at once.
 *
 * Like there: unknown fields are ignored, `null` is an absent field (in a list or map: the zero value), the
 * last of duplicate keys wins, names match without regard to case when no exact one is there, integers
 * must be in the range of their type. Unlike there: the exact name wins over a duplicate in another case,
 * `1.0` and `1e3` are integers, nothing but white space may follow the value, and a leading byte order mark
 * is skipped.
 *
 * @module
 */

import { RuntError } from "../error.ts";
import { memberPath, type Problem } from "./problem.ts";
import type { MapSchema, Scalar, Schema, StructSchema } from "./schema.ts";
import { locateSyntaxError } from "./syntax_error.ts";

/** A decoded value, in which everything that is not as it must be was dropped, and the problems found. */
export interface Decoded<T> {
  readonly value: T;
  readonly problems: Problem[];
}

type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Lowest and highest value of the integer types. */
const RANGES: Readonly<Record<string, readonly [number | bigint, number | bigint]>> = {
  i32: [-0x80000000, 0x7fffffff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  n64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  i64: [-9223372036854775808n, 9223372036854775807n],
  u64: [0, 18446744073709551615n],
};

/** What a walk over a value carries along. */
interface Walk {
  /** Keys and indexes down to the value at hand. */
  readonly keys: (string | number)[];
  readonly problems: Problem[];
  /** The text has an escaped NUL, so strings must be looked at. */
  readonly nul: boolean;
  /** This is the second walk, over integers taken exactly from the text. */
  readonly exact: boolean;
  /** A 64-bit field has a value that JSON.parse may have rounded. */
  rounded: boolean;
}

/**
 * Decodes JSON text as an object of a known shape.
 *
 * @param text the file's text
 * @param schema its shape
 * @param file the file's name, for messages
 * @throws {RuntError} `invalid-config` when the text is not JSON or not an object at all
 */
export function decode<T>(text: string, schema: StructSchema, file = "config.json"): Decoded<T> {
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  const nul = text.includes("\\u0000");
  for (let exact = false;; exact = true) {
    const root = parse(text, file, exact);
    if (typeof root !== "object" || root === null || Array.isArray(root)) {
      throw new RuntError(
        "invalid-config",
        // "config cannot be null" is runc's text.
        root === null ? "config cannot be null" : `${file} must be an object, not ${nameOf(root)}`,
      );
    }
    const walk: Walk = { keys: [], problems: [], nul, exact, rounded: false };
    walkStruct(root, schema, walk);
    if (exact || !walk.rounded) return { value: root as T, problems: walk.problems };
    // Rare (RLIM_INFINITY and the like), so only now is the slower way paid for.
  }
}

/** JSON.parse; with `exact`, integers beyond ±(2^53 - 1) become bigint. */
function parse(text: string, file: string, exact: boolean): Json {
  try {
    // The third argument is in V8, but not yet in the types.
    return exact
      ? JSON.parse(text, exactInteger as (key: string, value: unknown) => unknown)
      : JSON.parse(text);
  } catch (cause) {
    const where = cause instanceof SyntaxError ? locateSyntaxError(text) : undefined;
    const what = where === undefined
      ? (cause as Error).message
      : `line ${where.line}, column ${where.column}: ${where.message}`;
    throw new RuntError("invalid-config", `${file} is not valid JSON: ${what}`);
  }
}

/** Reviver of JSON.parse that takes large integers from the text. */
function exactInteger(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const { source } = context;
  return source !== undefined && /^-?\d{1,40}$/.test(source) ? BigInt(source) : value;
}

/** Checks a value; gives it back normalised, or undefined where it is null or wrong. */
function walkValue(value: Json, schema: Schema, walk: Walk, key: string | number): Json | undefined {
  if (value === null) return undefined;
  if (typeof schema === "string") return walkScalar(value, schema, walk, key);
  const isList = Array.isArray(schema);
  if (typeof value !== "object" || Array.isArray(value) !== isList) {
    return wrong(walk, key, `must be ${isList ? "an array" : "an object"}, not ${nameOf(value)}`);
  }
  walk.keys.push(key);
  if (isList) walkList(value as Json[], (schema as readonly [Schema])[0], walk);
  else if ("values" in schema) walkMap(value as JsonObject, (schema as MapSchema).values, walk);
  else walkStruct(value as JsonObject, schema as StructSchema, walk);
  walk.keys.pop();
  return value;
}

function walkList(value: Json[], element: Schema, walk: Walk): void {
  for (let i = 0; i < value.length; i++) {
    if (element === "string" && typeof value[i] === "string" && !walk.nul) continue; // by far the most
    value[i] = walkValue(value[i]!, element, walk, i) ?? zeroOf(element);
  }
}

function walkMap(value: JsonObject, element: Schema, walk: Walk): void {
  for (const key in value) {
    if (walk.nul && key.includes("\0")) wrong(walk, key, "must not contain a NUL byte");
    const old = value[key]!;
    const now = walkValue(old, element, walk, key) ?? zeroOf(element);
    // Not by assignment, since one to "__proto__" would not make a member of that name.
    if (now !== old) Object.defineProperty(value, key, { value: now });
  }
}

function walkStruct(value: JsonObject, { fields, zero }: StructSchema, walk: Walk): void {
  for (const key in value) {
    const name = Object.hasOwn(fields, key) ? key : otherCase(fields, key);
    if (name === undefined || name !== key && Object.hasOwn(value, name)) continue;
    const now = walkValue(value[key]!, fields[name]!, walk, key);
    if (now === undefined) delete value[key];
    else if (name !== key || now !== value[key]) value[name] = now;
  }
  for (const name in zero) {
    if (!Object.hasOwn(value, name)) value[name] = zero[name] as Json;
  }
}

/** The field that a key means when its case is ignored. */
function otherCase(fields: Readonly<Record<string, Schema>>, key: string): string | undefined {
  const folded = key.toLowerCase();
  for (const name in fields) {
    if (name.length === key.length && name.toLowerCase() === folded) return name;
  }
  return undefined;
}

function walkScalar(value: Json, type: Scalar, walk: Walk, key: string | number): Json | undefined {
  if (type === "string") {
    if (typeof value !== "string") return wrong(walk, key, `must be a string, not ${nameOf(value)}`);
    return walk.nul && value.includes("\0") ? wrong(walk, key, "must not contain a NUL byte") : value;
  }
  if (type === "bool") {
    return typeof value === "boolean"
      ? value
      : wrong(walk, key, `must be true or false, not ${nameOf(value)}`);
  }
  if (typeof value !== "bigint" && !Number.isInteger(value)) {
    return wrong(walk, key, `must be an integer, not ${typeof value === "number" ? value : nameOf(value)}`);
  }
  if ((type === "i64" || type === "u64") && typeof value === "number" && !Number.isSafeInteger(value)) {
    walk.rounded = true;
    if (walk.exact) value = BigInt(value); // written like 1e17
  }
  const [lowest, highest] = RANGES[type]!;
  if ((value as number) < lowest || (value as number) > highest) {
    return wrong(walk, key, `must be between ${lowest} and ${highest}, not ${value}`);
  }
  return value;
}

/** Go's zero value. */
function zeroOf(schema: Schema): Json {
  if (schema === "string") return "";
  if (schema === "bool") return false;
  if (typeof schema === "string") return 0;
  if (Array.isArray(schema)) return [];
  return { ...(schema as StructSchema).zero } as JsonObject;
}

function wrong(walk: Walk, key: string | number, message: string): undefined {
  walk.problems.push({ path: [...walk.keys, key].reduce<string>(memberPath, ""), message });
}

/** What a value is, in words. */
function nameOf(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : typeof value === "string" ? "a string" : "a number";
}
