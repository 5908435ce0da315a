/**
 * `linux.resources.memory` as files of the memory controller.
 *
 * As in runc, 0 is the same as absent for each number but swappiness, and kernel memory is ignored: the kernel
 * has no use for it any more.
 *
 * @module
 */
import { ENOENT } from "../../../ffi/errno.ts";
import { RuntError } from "../../error.ts";
import type { Int64 } from "../../spec/integer.ts";
import type { LinuxMemory } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

const AT = "linux.resources.memory";

/** What the order of writing depends on; asked for only where it does. */
export interface MemoryNow {
  /** Bytes in `memory.limit_in_bytes`. */
  limit(): number;
  /** Whether the kernel counts swap, so that `memory.memsw.limit_in_bytes` exists. */
  countsSwap(): boolean;
}

/**
 * Settings for cgroup v1.
 *
 * The kernel keeps `limit <= memsw.limit` at all times, so the one that grows goes first.
 *
 * @throws {RuntError} `invalid-config` for a swappiness over 100
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */
export function memoryV1(memory: LinuxMemory, now: MemoryNow): Setting[] {
  const { limit = 0, reservation = 0, swappiness } = memory;
  let { swap = 0 } = memory;
  // Unlimited memory means unlimited swap too, unless told.
  if (limit == -1 && !swap && now.countsSwap()) swap = -1;
  const settings: Setting[] = [];
  if (limit) settings.push({ file: "memory.limit_in_bytes", value: String(limit), at: `${AT}.limit` });
  if (swap) {
    const setting = { file: "memory.memsw.limit_in_bytes", value: String(swap), at: `${AT}.swap` };
    if (limit && (swap == -1 || now.limit() < swap)) settings.unshift(setting);
    else settings.push(setting);
  }
  if (reservation) {
    const value = String(reservation);
    settings.push({ file: "memory.soft_limit_in_bytes", value, at: `${AT}.reservation` });
  }
  if (memory.disableOOMKiller) {
    settings.push({ file: "memory.oom_control", value: "1", at: `${AT}.disableOOMKiller` });
  }
  if (swappiness !== undefined && swappiness != -1 && swappiness != UINT64_MAX) {
    if (swappiness > 100) {
      const message = `invalid memory swappiness value: ${swappiness} (valid range is 0-100)`;
      throw new RuntError("invalid-config", message, { path: `${AT}.swappiness` });
    }
    settings.push({ file: "memory.swappiness", value: String(swappiness), at: `${AT}.swappiness` });
  }
  return settings;
}

/** -1 of a client that writes it as an unsigned number. */
const UINT64_MAX = 0xffffffffffffffffn;

/**
 * Settings for cgroup v2, where swap is counted by itself.
 *
 * @param usage bytes in use, asked for only with `checkBeforeUpdate`; undefined when not known
 * @throws {RuntError} `invalid-config` when a swap limit does not go with the memory limit
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
 */
export function memoryV2(memory: LinuxMemory, usage: () => number | undefined): Setting[] {
  const { limit = 0, reservation = 0, swap = 0 } = memory;
  if (memory.checkBeforeUpdate && (limit > 0 || swap > 0)) refuseBelowUsage(memory, usage());
  const settings: Setting[] = [];
  const swapMax = swapLimitV2(swap, limit);
  if (swapMax !== undefined) {
    settings.push({
      file: "memory.swap.max",
      value: swapMax,
      at: `${AT}.swap`,
      // Without swap in the kernel there is no file, and it is neither limited nor used.
      ...((swapMax === "max" || swapMax === "0") && { ignore: ENOENT }),
    });
  }
  if (limit) settings.push({ file: "memory.max", value: maxOr(limit), at: `${AT}.limit` });
  if (reservation) settings.push({ file: "memory.low", value: maxOr(reservation), at: `${AT}.reservation` });
  return settings;
}

/** What goes into `memory.swap.max`, given v1's limit of memory and swap together; undefined: nothing. */
export function swapLimitV2(swap: Int64, limit: Int64): string | undefined {
  if (limit == -1 && !swap) return "max";
  if (!swap) return undefined;
  if (swap == -1) return "max";
  if (limit == -1) return String(swap);
  const path = `${AT}.swap`;
  if (!limit) {
    throw new RuntError("invalid-config", "unable to set swap limit without memory limit", { path });
  }
  if (limit < 0) {
    throw new RuntError("invalid-config", `invalid memory value: ${limit}`, { path: `${AT}.limit` });
  }
  if (swap < limit) {
    throw new RuntError("invalid-config", "memory+swap limit should be >= memory limit", { path });
  }
  return String(BigInt(swap) - BigInt(limit));
}

function refuseBelowUsage({ limit = 0, swap = 0 }: LinuxMemory, usage: number | undefined): void {
  if (usage === undefined) return;
  if (swap > 0 && swap <= usage) {
    const message = `rejecting memory+swap limit ${swap} <= usage ${usage}`;
    throw new RuntError("invalid-config", message, { path: `${AT}.swap` });
  }
  if (limit > 0 && limit <= usage) {
    const message = `rejecting memory limit ${limit} <= usage ${usage}`;
    throw new RuntError("invalid-config", message, { path: `${AT}.limit` });
  }
}

function maxOr(value: Int64): string {
  return value == -1 ? "max" : String(value);
}
