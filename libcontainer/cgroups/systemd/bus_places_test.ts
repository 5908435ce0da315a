import { assertEquals } from "@std/assert";
import { busPlaces } from "./bus_places.ts";

const forUser = (environment: Record<string, string>) => busPlaces(true, (name) => environment[name]);

Deno.test("busPlaces() has the host's systemd, itself first and by its bus else", () => {
  assertEquals(busPlaces(false, () => undefined), [
    { path: "/run/systemd/private", isBus: false },
    { path: "/run/dbus/system_bus_socket", isBus: true },
  ]);
});

Deno.test("busPlaces() finds a user's systemd by his environment", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-bus-" });
  try {
    const bus = { path: `${directory}/bus`, isBus: true };
    assertEquals(forUser({ XDG_RUNTIME_DIR: directory }), [bus]);
    Deno.mkdirSync(`${directory}/systemd`);
    Deno.writeTextFileSync(`${directory}/systemd/private`, "");
    const own = { path: `${directory}/systemd/private`, isBus: false };
    assertEquals(forUser({ XDG_RUNTIME_DIR: directory }), [own, bus]);
    const address = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/x;unix:abstract=y" };
    assertEquals(forUser({ XDG_RUNTIME_DIR: directory, ...address }), [
      own,
      { path: "/x", isBus: true },
      { path: "@y", isBus: true },
    ]);
    assertEquals(forUser({}), []);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
