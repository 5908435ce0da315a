import type { Spec } from "../spec/mod.ts";

/**
 * Parts of runt that few containers need, each there only when the spec asks for it. They are slices of their own in
 * the executable: a container that does without pays nothing.
 */
// deno-lint-ignore no-empty-interface -- filled by what comes next
export interface Parts {}

/** Loads what a spec asks for: `if (spec.hooks) parts.hooks = await import("../hooks/mod.ts")`. */
export function loadParts(_spec: Spec): Parts | Promise<Parts> {
  return {};
}
