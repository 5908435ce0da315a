import { RuntError } from "../libcontainer/error.ts";
import type { Int64 } from "../libcontainer/spec/integer.ts";
import type { LinuxResources } from "../libcontainer/spec/resources.ts";
import { parseByteSize } from "./_byte_size.ts";
import type { FlagValues } from "./_command.ts";
import { quoteAsGo } from "./_go_format.ts";

/** Flags of `update`, as runc has them. */
export const UPDATE_FLAGS = {
  resources: "string",
  "blkio-weight": "integer",
  "cpu-period": "string",
  "cpu-quota": "string",
  "cpu-burst": "string",
  "cpu-share": "string",
  "cpu-rt-period": "string",
  "cpu-rt-runtime": "string",
  "cpuset-cpus": "string",
  "cpuset-mems": "string",
  "kernel-memory": "string",
  "kernel-memory-tcp": "string",
  memory: "string",
  "cpu-idle": "string",
  "memory-reservation": "string",
  "memory-swap": "string",
  "pids-limit": "integer",
  "l3-cache-schema": "string",
  "mem-bw-schema": "string",
} as const;

/** What was given of {@linkcode UPDATE_FLAGS}. */
export type UpdateFlags = FlagValues<typeof UPDATE_FLAGS>;

const UINT64 = [0n, 2n ** 64n - 1n] as const, INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/**
 * Makes resources of flags. What was not given, or is empty, is absent.
 *
 * @throws {RuntError} `usage` with runc's text for a value that is none
 */
export function resourcesOf(flags: UpdateFlags): LinuxResources {
  const integer = (name: keyof UpdateFlags, range: readonly [bigint, bigint]) => {
    const text = flags[name] as string | undefined;
    return text ? parseInteger(name, text, range) : undefined;
  };
  const unsigned = (name: keyof UpdateFlags) => integer(name, UINT64);
  const signed = (name: keyof UpdateFlags) => integer(name, INT64);
  const bytes = (name: keyof UpdateFlags) => {
    const text = flags[name] as string | undefined;
    return text ? parseBytes(name, text) : undefined;
  };
  const idle = signed("cpu-idle");
  return withoutAbsent({
    cpu: withoutAbsent({
      cpus: flags["cpuset-cpus"] || undefined,
      mems: flags["cpuset-mems"] || undefined,
      idle: idle === undefined ? undefined : Number(idle),
      burst: unsigned("cpu-burst"),
      period: unsigned("cpu-period"),
      realtimePeriod: unsigned("cpu-rt-period"),
      shares: unsigned("cpu-share"),
      quota: signed("cpu-quota"),
      realtimeRuntime: signed("cpu-rt-runtime"),
    }),
    memory: withoutAbsent({
      limit: bytes("memory"),
      swap: bytes("memory-swap"),
      kernel: bytes("kernel-memory"),
      kernelTCP: bytes("kernel-memory-tcp"),
      reservation: bytes("memory-reservation"),
    }),
    blockIO: withoutAbsent({ weight: flags["blkio-weight"] || undefined }),
    pids: withoutAbsent({ limit: flags["pids-limit"] }),
  }) ?? {};
}

function parseInteger(name: string, text: string, [lowest, highest]: readonly [bigint, bigint]): Int64 {
  const valid = lowest < 0n ? /^[+-]?\d+$/.test(text) : /^\d+$/.test(text);
  const value = valid ? BigInt(text.replace(/^\+/, "")) : 0n;
  if (valid && value >= lowest && value <= highest) {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  const call = lowest < 0n ? "ParseInt" : "ParseUint";
  const reason = valid ? "value out of range" : "invalid syntax";
  throw new RuntError(
    "usage",
    `invalid value for ${name}: strconv.${call}: parsing ${quoteAsGo(text)}: ${reason}`,
  );
}

function parseBytes(name: string, text: string): number {
  const size = text === "-1" ? -1 : parseByteSize(text);
  if (size === undefined) throw new RuntError("usage", `invalid value for ${name}: invalid size: '${text}'`);
  return size;
}

/** The members that are there; undefined when there is none. */
function withoutAbsent<T extends object>(
  object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const present = Object.entries(object).filter(([, value]) => value !== undefined);
  if (present.length === 0) return undefined;
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
