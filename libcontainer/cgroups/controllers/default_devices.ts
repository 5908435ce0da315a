/**
 * What every container may do with devices, as runc has it: make any node, and use the devices that every container
 * has, terminals and `/dev/net/tun` (software for private networks has relied on it since Docker's first days).
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#default-devices
 * @module
 */
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import { parseRules } from "./device_rules.ts";

/** As `devices.list` shows it, in the order of runc's writes. */
const DEFAULT_LIST = `b *:* m
c *:* m
c 1:3 rwm
c 1:5 rwm
c 1:7 rwm
c 1:8 rwm
c 1:9 rwm
c 5:0 rwm
c 5:2 rwm
c 10:200 rwm
c 136:* rwm
`;

/** `/dev/null 1:3` and so on: which line is for which of the default devices that a container has by path. */
const DEFAULT_DEVICES = "null 1:3 zero 1:5 full 1:7 random 1:8 urandom 1:9 tty 5:0".split(" ");

/**
 * The default rules, which go behind the container's own, as lines of `devices.list`.
 *
 * A default device that `linux.devices` makes anew under the same path has no rule here: it may be another device.
 *
 * @param devicePaths paths of `linux.devices`
 */
export function defaultDeviceList(devicePaths: readonly string[]): string {
  let list = DEFAULT_LIST;
  for (const path of devicePaths) {
    const index = path.startsWith("/dev/") ? DEFAULT_DEVICES.indexOf(path.slice(5)) : -1;
    if (index >= 0) list = list.replace(`c ${DEFAULT_DEVICES[index + 1]} rwm\n`, "");
  }
  return list;
}

/** {@linkcode defaultDeviceList} as rules. */
export function defaultDeviceRules(devicePaths: readonly string[]): LinuxDeviceCgroup[] {
  return parseRules(defaultDeviceList(devicePaths));
}
