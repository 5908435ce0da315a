/**
 * What the spec has and runt cannot do yet. It is refused by name: a container that lacks something that was
 * asked for may look as if it had it. Take an entry out when its feature comes in.
 *
 * @module
 */

import { fieldAt } from "./field_at.ts";
import type { Check } from "./issue.ts";

const NOT_YET = "not supported by runt yet";

/** Fields, refused when something is asked for in them. */
const FIELDS = [
  "linux.netDevices",
];

/** Maps in which a key alone asks for something. */
const MAPS = ["linux.netDevices"];

/** Finds what is asked for and cannot be done yet. */
export const checkUnsupported: Check = ({ spec, error }) => {
  for (const path of FIELDS) {
    const value = fieldAt(spec, path);
    if (value !== undefined && isAsked(value, MAPS.includes(path))) error(path, NOT_YET);
  }
};

/** Whether a value asks for anything: not when it is absent, empty, zero or false, all the way down. */
export function isAsked(value: unknown, keysCount = false): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  const values = Object.values(value);
  return keysCount ? values.length > 0 : values.some((each) => isAsked(each));
}
