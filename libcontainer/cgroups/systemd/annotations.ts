import { RuntError } from "../../error.ts";
import type { Variant } from "../../dbus/value.ts";
import { variant } from "../../dbus/value.ts";
import type { Property } from "./property.ts";
import { parseVariant } from "./variant_text.ts";

/** Annotations that begin so are properties of the container's unit. */
export const PROPERTY_PREFIX = "org.systemd.property.";

/**
 * The properties that annotations ask for. Texts are runc's.
 *
 * @throws {RuntError} `invalid-config` for what cannot be one
 */
export function annotatedProperties(annotations: Readonly<Record<string, string>>): Property[] {
  return Object.entries(annotations).flatMap(([key, text]): Property[] => {
    if (!key.startsWith(PROPERTY_PREFIX)) return [];
    const name = key.slice(PROPERTY_PREFIX.length), path = `annotations["${key}"]`;
    const objection = name.length < 3
      ? "too short"
      : /^[A-Za-z]+$/.test(name)
      ? undefined
      : "contains non-alphabetic character";
    if (objection !== undefined) {
      throw new RuntError("invalid-config", `annotation ${key} name incorrect: ${objection}`, { path });
    }
    try {
      const value = parseVariant(text);
      // Documented as …Sec, in seconds; over D-Bus it is …USec.
      return [/[a-z]Sec$/.test(name) ? [name.replace(/Sec$/, "USec"), inMicroseconds(value)] : [name, value]];
    } catch (cause) {
      const message = `annotation ${key}=${text} value parse error: ${(cause as Error).message}`;
      throw new RuntError("invalid-config", message, { path });
    }
  });
}

function inMicroseconds({ signature, value }: Variant): Variant {
  if (!/^[ynqiuxtd]$/.test(signature)) throw new SyntaxError("not a number");
  const microseconds = signature === "d"
    ? BigInt(Math.trunc(Number(value) * 1_000_000))
    : BigInt(value as number | bigint) * 1_000_000n;
  return variant("t", BigInt.asUintN(64, microseconds));
}
