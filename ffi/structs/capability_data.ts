import { _LINUX_CAPABILITY_VERSION_3 } from "../constants/capability.ts";
import type { Out } from "../operation.ts";

/** Bytes of the two `struct __user_cap_data_struct` of version 3. */
export const CAPABILITY_DATA_SIZE = 24;

/** Three of a process's capability sets, one bit a capability. */
export interface CapabilityData {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

/** `struct __user_cap_header_struct` for the calling process; linux/capability.h. */
export function encodeCapabilityHeader(): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, _LINUX_CAPABILITY_VERSION_3, true);
  return bytes;
}

/** Reads what capget(2) filled in. */
export function decodeCapabilityData({ view }: Pick<Out, "view">): CapabilityData {
  const mask = (at: number) =>
    BigInt(view.getUint32(at, true)) | BigInt(view.getUint32(at + 12, true)) << 32n;
  return { effective: mask(0), permitted: mask(4), inheritable: mask(8) };
}
