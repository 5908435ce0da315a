import { AF_UNIX } from "../constants/socket.ts";

/** Bytes that a path may have: `sun_path` less its NUL. A longer one goes through `/proc/self/fd/N/name`. */
export const SUN_PATH_MAX = 107;

/**
 * `struct sockaddr_un`, as long as its address: unix(7).
 *
 * @param path a path; one that starts with NUL is an abstract name
 * @throws {RangeError} for a path over {@linkcode SUN_PATH_MAX} bytes
 */
export function encodeSockaddrUn(path: string): Uint8Array {
  const encoded = new TextEncoder().encode(path), abstract = path.startsWith("\0");
  if (encoded.length > SUN_PATH_MAX) {
    throw new RangeError(`Cannot use the socket path "${path}": over ${SUN_PATH_MAX} bytes`);
  }
  const bytes = new Uint8Array(2 + encoded.length + (abstract ? 0 : 1));
  bytes[0] = AF_UNIX;
  bytes.set(encoded, 2);
  return bytes;
}
