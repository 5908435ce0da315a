/** Bytes of `struct ifreq`. */
export const IFREQ_SIZE = 40;

/**
 * `struct ifreq` with the name and flags of a network interface (netdevice(7)); linux/if.h.
 *
 * @param name 15 bytes at the most
 * @param flags `IFF_*`
 * @throws {RangeError} for a name that is too long
 */
export function encodeIfreq(name: string, flags: number): Uint8Array {
  const bytes = new Uint8Array(IFREQ_SIZE), encoded = new TextEncoder().encode(name);
  if (encoded.length > 15) throw new RangeError(`Cannot name a network interface "${name}": over 15 bytes`);
  bytes.set(encoded);
  new DataView(bytes.buffer).setInt16(16, flags, true);
  return bytes;
}
