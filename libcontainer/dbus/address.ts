/**
 * The unix sockets of a D-Bus address, the best one first: `unix:path=/run/user/1000/bus;unix:abstract=/tmp/x`. Other
 * transports are passed over.
 *
 * @returns paths; one of an abstract socket with `@` in front
 * @see https://dbus.freedesktop.org/doc/dbus-specification.html#addresses
 */
export function unixSocketsOf(address: string): string[] {
  const sockets: string[] = [];
  for (const entry of address.split(";")) {
    if (!entry.startsWith("unix:")) continue;
    for (const pair of entry.slice("unix:".length).split(",")) {
      const [key, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (key === "path") sockets.push(unescape(value));
      if (key === "abstract") sockets.push(`@${unescape(value)}`);
    }
  }
  return sockets;
}

/** Bytes that are not plain stand as `%2f`. */
function unescape(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
