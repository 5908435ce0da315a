/** JSON in which a bigint stands as the number that it is, with all its digits. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, value) => typeof value === "bigint" ? rawJSON(String(value)) : value);
}

// In V8, but not yet in the types.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
