import { RuntError } from "../../error.ts";
import { memberPath } from "../../spec/problem.ts";
import { maskOf } from "./cpu_mask.ts";
import { quotaProperties } from "./cpu_quota.ts";
import { INFINITY, number64, type Property, property } from "./property.ts";
import type { SystemdFacts } from "./resource_properties.ts";
import { TAKES_CPUS, TAKES_IDLE, TAKES_OOM_POLICY } from "./versions.ts";

/** Files with a number, or `max`. */
const NUMBERS: Readonly<Record<string, string>> = {
  "memory.high": "MemoryHigh",
  "memory.low": "MemoryLow",
  "memory.min": "MemoryMin",
  "memory.max": "MemoryMax",
  "memory.swap.max": "MemorySwapMax",
  "pids.max": "TasksMax",
};
const SETS: Readonly<Record<string, string>> = {
  "cpuset.cpus": "AllowedCPUs",
  "cpuset.mems": "AllowedMemoryNodes",
};

/**
 * `linux.resources.unified`, of cgroup v2, as properties; files that systemd has none for are left out.
 *
 * @param only which files
 * @throws {RuntError} for a value that cannot be
 */
export function unifiedProperties(
  files: Readonly<Record<string, string>>,
  { version, warn }: SystemdFacts,
  only: (file: string) => boolean = () => true,
): Property[] {
  const idle = files["cpu.idle"]?.trim() === "1" && version() >= TAKES_IDLE;
  return Object.entries(files).flatMap(([file, text]): Property[] => {
    const value = text.trim(), name = NUMBERS[file] ?? SETS[file];
    if (!only(file)) return [];
    if (NUMBERS[file]) {
      const number = value === "max" ? INFINITY : readNumber(file, value);
      // systemd does not take 0 for TasksMax.
      return [number64(name!, file === "pids.max" && number === 0n ? 1n : number)];
    }
    if (SETS[file]) {
      if (version() < TAKES_CPUS || value === "") return [];
      return [property(name!, "ay", maskOf(value))];
    }
    if (file === "cpu.idle") return idle ? [number64("CPUWeight", 0)] : [];
    if (file === "cpu.max") return quotaOf(file, value, version);
    if (file !== "cpu.weight") return [];
    if (!idle) return [number64("CPUWeight", readNumber(file, value))];
    warn("unable to apply both cpu.weight and cpu.idle to systemd, ignoring cpu.weight");
    return [];
  });
}

/** `OOMPolicy`, which a scope has from its start or not at all: from `memory.oom.group`. */
export function oomPolicy(files: Readonly<Record<string, string>> = {}, version: () => number): Property[] {
  const file = "memory.oom.group", group = files[file];
  if (group === undefined || version() < TAKES_OOM_POLICY) return [];
  const value = readNumber(file, group.trim());
  return value > 1n ? [] : [property("OOMPolicy", "s", value ? "kill" : "continue")];
}

/** `quota [period]` */
function quotaOf(file: string, value: string, version: () => number): Property[] {
  const words = value.split(/\s+/);
  if (value === "" || words.length > 2) throw invalid(file, `value invalid: ${JSON.stringify(value)}`);
  const [max = "", period = "100000"] = words;
  const quota = max === "max" ? 0 : Number(readNumber(file, max));
  return quotaProperties({ quota, period: Number(readNumber(file, period)) }, version);
}

function readNumber(file: string, value: string): bigint {
  if (/^\d+$/.test(value)) return BigInt(value);
  throw invalid(file, `value conversion error: ${JSON.stringify(value)}`);
}

function invalid(file: string, text: string): RuntError {
  const path = memberPath("linux.resources.unified", file);
  return new RuntError("invalid-config", `unified resource ${JSON.stringify(file)} ${text}`, { path });
}
