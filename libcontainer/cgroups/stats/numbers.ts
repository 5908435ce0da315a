/**
 * Numbers out of a cgroup's files. What is not there is undefined, or empty: a kernel need not have every file.
 *
 * @module
 */
import { readCgroupFile } from "../cgroup_file.ts";

/** What stands for no limit. */
export const UNLIMITED = 2n ** 64n - 1n;

/** A file's text. */
export function text(dir: string | undefined, file: string): string | undefined {
  if (dir === undefined) return undefined;
  try {
    return readCgroupFile(dir, file).trim();
  } catch {
    return undefined;
  }
}

/** A file's number; `max` is the largest, as in runc, and a negative number 0. */
export function number(dir: string | undefined, file: string): bigint | undefined {
  const value = text(dir, file);
  if (value === "max") return UNLIMITED;
  if (value === undefined || !/^-?\d+$/.test(value)) return undefined;
  return value.startsWith("-") ? 0n : BigInt(value);
}

/** A file of `key number` lines. */
export function numbers(dir: string | undefined, file: string): Record<string, bigint> {
  const found: Record<string, bigint> = {};
  for (const line of (text(dir, file) ?? "").split("\n")) {
    const [key = "", value = ""] = line.split(" ");
    if (/^\d+$/.test(value)) found[key] = BigInt(value);
  }
  return found;
}

/** Numbers apart by blanks. */
export function list(text: string | undefined): bigint[] {
  return (text ?? "").split(/\s+/).filter(Boolean).map(BigInt);
}

/** `0-2,7` as its members. */
export function rangeList(text: string | undefined): bigint[] {
  return (text ?? "").split(",").filter(Boolean).flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => BigInt(first + i));
  });
}

/** A number that is left out when it is 0. */
export function some(value: bigint | undefined): bigint | undefined {
  return value || undefined;
}

/** A list that is left out when it is empty. */
export function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** A record with its keys in order, left out when it is empty. */
export function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> | undefined {
  const keys = Object.keys(record).sort();
  return keys.length > 0 ? Object.fromEntries(keys.map((key) => [key, record[key]!])) : undefined;
}

/** The sizes of huge pages that this kernel has, as controllers name them: `2MB`. */
export function hugePageSizes(): string[] {
  try {
    return [...Deno.readDirSync("/sys/kernel/mm/hugepages")].flatMap(({ name }) => {
      let size = Number(/^hugepages-(\d+)kB$/.exec(name)?.[1] ?? 0), unit = 0;
      for (; size >= 1024 && unit < 2; unit++) size /= 1024;
      return size ? [`${size}${["KB", "MB", "GB"][unit]}`] : [];
    }).sort();
  } catch {
    return [];
  }
}
