import type { LinuxDeviceCgroup } from "../../spec/resources.ts";

/**
 * The rules that every container has behind its own, as runc adds them: making any node, and using the devices
 * that every container has. A default device that `linux.devices` makes anew under the same path has no rule
 * here: it may be another device.
 *
 * @param devicePaths paths of `linux.devices`
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#default-devices
 */
export function defaultDeviceRules(devicePaths: readonly string[]): LinuxDeviceCgroup[] {
  const rules: LinuxDeviceCgroup[] = [
    { allow: true, type: "c", access: "m" },
    { allow: true, type: "b", access: "m" },
  ];
  const add = (major: number, minor: number) =>
    rules.push({ allow: true, type: "c", major, minor, access: "rwm" });
  for (const [path, major, minor] of DEFAULT_DEVICES) {
    if (!devicePaths.includes(path)) add(major, minor);
  }
  add(136, -1); // /dev/pts/*
  add(5, 2); // /dev/ptmx
  add(10, 200); // /dev/net/tun: VPN software in containers has relied on it since Docker's first days
  return rules;
}

/** `DEFAULT_DEVICES` of the spec: path, major, minor. */
const DEFAULT_DEVICES = [
  ["/dev/null", 1, 3],
  ["/dev/random", 1, 8],
  ["/dev/full", 1, 7],
  ["/dev/tty", 5, 0],
  ["/dev/zero", 1, 5],
  ["/dev/urandom", 1, 9],
] as const;
