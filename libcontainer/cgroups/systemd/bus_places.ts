import { unixSocketsOf } from "../../dbus/address.ts";
import { exists } from "../../../ffi/files.ts";

/** A socket behind which systemd can be reached. */
export interface BusPlace {
  readonly path: string;
  /** Whether there is a bus between. */
  readonly isBus: boolean;
}

/**
 * Where systemd is spoken to, the best place first: its own socket, which takes root, or its user, and no bus between.
 *
 * @param user a user's own systemd
 */
export function busPlaces(
  user: boolean,
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): BusPlace[] {
  if (!user) {
    return [
      { path: "/run/systemd/private", isBus: false },
      { path: "/run/dbus/system_bus_socket", isBus: true },
    ];
  }
  const address = environment("DBUS_SESSION_BUS_ADDRESS"), runtime = environment("XDG_RUNTIME_DIR");
  const own = runtime && exists(`${runtime}/systemd/private`) ? [`${runtime}/systemd/private`] : [];
  const buses = address ? unixSocketsOf(address) : runtime ? [`${runtime}/bus`] : [];
  return [...own.map((path) => ({ path, isBus: false })), ...buses.map((path) => ({ path, isBus: true }))];
}
