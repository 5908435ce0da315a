import { S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT } from "../../ffi/constants/stat.ts";
import { cleanPath } from "../clean_path.ts";
import type { Spec } from "../spec/mod.ts";
import type { DeviceConfig } from "./device_config.ts";

/** The devices that every container has, in the order runc makes them: name, major, minor. */
const DEFAULT: readonly (readonly [name: string, major: number, minor: number])[] = [
  ["null", 1, 3],
  ["random", 1, 8],
  ["full", 1, 7],
  ["tty", 5, 0],
  ["zero", 1, 5],
  ["urandom", 1, 9],
];

/** The device nodes of a container: the default ones, but for those that the spec redefines, then the spec's. */
export function createDevices({ linux: { devices = [] } = {} }: Spec): DeviceConfig[] {
  const made: DeviceConfig[] = [];
  for (const [name, major, minor] of DEFAULT) {
    const path = `/dev/${name}`;
    if (devices.some((device) => cleanPath(device.path) === path)) continue;
    made.push({ path, mode: S_IFCHR | 0o666, major, minor, uid: 0, gid: 0, at: "default" });
  }
  devices.forEach(({ path, type, major, minor, fileMode = 0o666, uid = 0, gid = 0 }, index) => {
    const kind = type === "b" ? S_IFBLK : type === "p" ? S_IFIFO : S_IFCHR;
    made.push({
      path: cleanPath(path),
      mode: kind | fileMode & ~S_IFMT,
      major,
      minor,
      uid,
      gid,
      at: `linux.devices[${index}]`,
    });
  });
  return made;
}
