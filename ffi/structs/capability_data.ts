import { _LINUX_CAPABILITY_VERSION_3 } from "../constants/capability.ts";

/** A process's sets of capabilities, one bit a capability. */
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

/** The two `struct __user_cap_data_struct` of capset(2), version 3: the lower halves of all sets, then the upper ones. */
export function encodeCapabilityData({ effective, permitted, inheritable }: CapabilityData): Uint8Array {
  const bytes = new Uint8Array(24), view = new DataView(bytes.buffer);
  [effective, permitted, inheritable].forEach((mask, i) => {
    view.setUint32(4 * i, Number(mask & 0xffffffffn), true);
    view.setUint32(4 * i + 12, Number(mask >> 32n), true);
  });
  return bytes;
}
