/**
 * Landlock, for containers whose annotation asks for it: a slice of its own in the executable.
 *
 * @module
 */
import { LANDLOCK_CREATE_RULESET_VERSION } from "../../ffi/constants/landlock.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import type { LandlockConfig } from "../config/config.ts";
import { readLandlock } from "../security/landlock/annotation.ts";
import { fitLandlock } from "../security/landlock/fit.ts";

export { restrictByLandlock } from "../init/landlock.ts";

/**
 * Reads and checks the annotation, and fits it to this kernel.
 *
 * @param warn told of what this kernel cannot deny
 * @returns undefined when the kernel can deny nothing of it, and the config does with that
 * @throws {RuntError} for what is wrong with it, or missing
 */
export function planLandlock(annotation: string, warn: (text: string) => void): LandlockConfig | undefined {
  return fitLandlock(readLandlock(annotation), landlockVersion(new LocalKernel(openNative())), warn);
}

/** The kernel's version of Landlock's interface; 0 where it has none, it is off, or a filter forbids to ask. */
export function landlockVersion(kernel: Kernel): number {
  const args = [0, 0, LANDLOCK_CREATE_RULESET_VERSION];
  const version = kernel.call("landlock_create_ruleset", args, { accept: "any" });
  kernel.flush();
  return version.ok ? version.value : 0;
}
