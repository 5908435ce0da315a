/**
 * What the calls of Landlock are told; linux/landlock.h.
 *
 * @module
 */
import { type Fd, u64s } from "../kernel.ts";
import { Block, Result } from "../operation.ts";

/** What landlock_create_ruleset(2) is told: what is forbidden unless a rule allows it. */
export interface LandlockRuleset {
  /** `LANDLOCK_ACCESS_FS_*` */
  readonly handledFs: number;
  /** `LANDLOCK_ACCESS_NET_*` */
  readonly handledNet: number;
  /** `LANDLOCK_SCOPE_*` */
  readonly scoped: number;
}

/**
 * `struct landlock_ruleset_attr`, as of ABI 6: 24 bytes. Kernels that know less of it take it all the same while the
 * rest is zero.
 */
export function encodeLandlockRuleset({ handledFs, handledNet, scoped }: LandlockRuleset): Uint8Array {
  return u64s(handledFs, handledNet, scoped);
}

/** `struct landlock_path_beneath_attr`, which is packed: 12 bytes. */
export function encodePathBeneath(allowedAccess: number, parent: Fd): Block {
  const bytes = new Uint8Array(12);
  bytes.set(u64s(allowedAccess));
  if (parent instanceof Result) return new Block(bytes, [{ at: 8, value: parent, size: 4 }]);
  new DataView(bytes.buffer).setInt32(8, parent, true);
  return new Block(bytes, []);
}

/** `struct landlock_net_port_attr`. */
export function encodeNetPort(allowedAccess: number, port: number): Uint8Array {
  return u64s(allowedAccess, port);
}
