import { type Value, type Variant, variant } from "../../dbus/value.ts";

/** A property of a unit, as D-Bus has it: `(sv)`. See org.freedesktop.systemd1(5). */
export type Property = readonly [name: string, value: Variant];

/** systemd's "infinity". */
export const INFINITY = 2n ** 64n - 1n;

/** A property. */
export function property(name: string, signature: string, value: Value): Property {
  return [name, variant(signature, value)];
}

/** A number of 64 bits without sign; -1 is infinity, as systemd has it. */
export function number64(name: string, value: number | bigint): Property {
  return property(name, "t", BigInt.asUintN(64, BigInt(value)));
}

/** Properties as they stand in a message of runc's. */
export function describeProperties(properties: readonly Property[]): string {
  const one = ([name, { signature, value }]: Property) =>
    `{Name:${name} Value:${describe(signature, value)}}`;
  return `[${properties.map(one).join(" ")}]`;
}

function describe(signature: string, value: Value): string {
  const json = JSON.stringify(value, (_, part) => {
    if (part instanceof Uint8Array) return [...part];
    return typeof part === "bigint" ? Number(part) : part;
  });
  return /^[sbid]$/.test(signature) ? json : `@${signature} ${json}`;
}
