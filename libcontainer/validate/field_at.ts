/**
 * The value at a path of plain names.
 *
 * @param path such as `linux.resources.memory`; empty for the object itself
 * @returns undefined where any part of the way is absent
 */
export function fieldAt(object: object, path: string): unknown {
  let value: unknown = object;
  if (path === "") return value;
  for (const key of path.split(".")) {
    if (value === undefined) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
