import {
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_CLEAR_ALL,
  PR_CAP_AMBIENT_RAISE,
  PR_CAPBSET_DROP,
} from "../../ffi/constants/prctl.ts";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import type { CapabilitySets } from "../config/config.ts";
import { capabilityNumber } from "../spec/capability_names.ts";
import type { LinuxCapabilities } from "../spec/process.ts";

/**
 * The five sets of capabilities(7) as masks. A capability that the kernel lacks is left out: validation has warned
 * of it, as the spec wants.
 *
 * @param capabilities the names, as in config.json
 * @param lastCap number of the highest capability that the kernel has
 */
export function capabilitySets(capabilities: LinuxCapabilities, lastCap: number): CapabilitySets {
  const mask = (names: readonly string[] | undefined) => {
    // Two halves of 32 bits: BigInt arithmetic a name costs more than all the rest.
    let low = 0, high = 0;
    for (const name of names ?? []) {
      const number = capabilityNumber(name);
      if (number < 0 || number > lastCap) continue;
      if (number < 32) low |= 1 << number;
      else high |= 1 << (number - 32);
    }
    return (high >>> 0).toString(16) + (low >>> 0).toString(16).padStart(8, "0");
  };
  return {
    bounding: mask(capabilities.bounding),
    effective: mask(capabilities.effective),
    permitted: mask(capabilities.permitted),
    inheritable: mask(capabilities.inheritable),
    ambient: mask(capabilities.ambient),
  };
}

/**
 * Drops all but the bounding set's capabilities, for good. It takes CAP_SETPCAP, so it comes before the change of
 * user; a process without it keeps the set that it was given, as under runc.
 *
 * @param lastCap number of the highest capability that the kernel has
 */
export function queueBoundingSet(kernel: Kernel, { bounding }: CapabilitySets, lastCap: number): void {
  kernel.at({ step: "capabilities", path: "process.capabilities.bounding" }, () => {
    const keep = BigInt(`0x${bounding}`);
    for (let number = 0; number <= lastCap; number++) {
      if (keep >> BigInt(number) & 1n) continue;
      kernel.prctl(PR_CAPBSET_DROP, number, 0, 0, 0, { accept: [EPERM, EINVAL] });
    }
  });
}

/**
 * Takes the effective, permitted, inheritable and ambient sets. It comes after the change of user, which
 * `PR_SET_KEEPCAPS` let the permitted set survive, and after every step that needs a capability.
 *
 * @throws {KernelError} when the process has not got what it shall take
 */
export function queueCapabilities(kernel: Kernel, sets: CapabilitySets): void {
  const mask = (text: string) => BigInt(`0x${text}`);
  kernel.at({ step: "capabilities", path: "process.capabilities" }, () => {
    kernel.capset({
      effective: mask(sets.effective),
      permitted: mask(sets.permitted),
      inheritable: mask(sets.inheritable),
    });
  });
  kernel.at({ step: "capabilities", path: "process.capabilities.ambient" }, () => {
    // EINVAL: a kernel before 4.3 has no ambient set.
    kernel.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0, { accept: [EINVAL] });
    const ambient = mask(sets.ambient);
    for (let number = 0; ambient >> BigInt(number); number++) {
      if (!(ambient >> BigInt(number) & 1n)) continue;
      // One that is not both permitted and inheritable cannot be raised; runc goes on without it, and so do users
      // whose engines ask for it.
      kernel.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0, { accept: "any" });
    }
  });
}
