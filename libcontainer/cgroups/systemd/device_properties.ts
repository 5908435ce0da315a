import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import {
  accessLetters,
  type DeviceException,
  deviceFilter,
  formatException,
} from "../controllers/device_rules.ts";
import { type Property, property } from "./property.ts";

/** The first systemd that takes `char-136` for all devices of a major number, and does not look the others up in /dev. */
const BY_NUMBER = 240;

/**
 * `DevicePolicy` and `DeviceAllow`. systemd has lists of what is allowed only, so what comes of the rules may be less than
 * they say; the cgroup gets them whole, right after.
 *
 * @param rules the container's, the default ones behind
 * @param groups text of `/proc/devices`, asked for where systemd is too old to know devices by number
 * @param warn told of what systemd cannot have, in runc's words
 * @throws {RuntError} see {@linkcode deviceFilter}
 */
export function deviceProperties(
  rules: readonly LinuxDeviceCgroup[],
  version: () => number,
  groups: () => string,
  warn: (text: string) => void,
): Property[] {
  // An empty list takes away what the unit has had so far: those behind it are added.
  const none = property("DeviceAllow", "a(ss)", []), strict = property("DevicePolicy", "s", "strict");
  const { allow, exceptions } = deviceFilter(rules);
  if (allow) {
    if (!exceptions.length) return [none, property("DevicePolicy", "s", "auto")];
    warn("systemd doesn't support blacklist device rules -- applying temporary deny-all rule");
    return [none, strict];
  }
  const entries: [string, string][] = [];
  for (const exception of exceptions) {
    const path = pathOf(exception, version, groups, warn);
    if (path !== undefined) entries.push([path, accessLetters(exception.access)]);
  }
  return [none, strict, property("DeviceAllow", "a(ss)", entries)];
}

function pathOf(
  exception: DeviceException,
  version: () => number,
  groups: () => string,
  warn: (text: string) => void,
): string | undefined {
  const { type, major, minor } = exception, kind = type === "b" ? "block" : "char";
  if (major < 0) {
    if (minor < 0) return `${kind}-*`;
    warn(
      `systemd doesn't support '*:n' device rules -- temporarily ignoring rule: ${
        formatException(exception)
      }`,
    );
    return undefined;
  }
  if (minor >= 0) return `/dev/${kind}/${major}:${minor}`;
  if (version() >= BY_NUMBER) return `${kind}-${major}`;
  const group = groupOf(groups(), type, major);
  if (group !== undefined) return `${kind}-${group}`;
  warn(
    `could not find device group for '${type}/${major}' in /proc/devices -- temporarily ignoring rule: ${
      formatException(exception)
    }`,
  );
  return undefined;
}

/** The name that `/proc/devices` has for a major number. */
function groupOf(text: string, type: "b" | "c", major: number): string | undefined {
  const section = text.split(/^(?=Block devices:)/m)[type === "b" ? 1 : 0] ?? "";
  return new RegExp(`^ *${major} (.+)$`, "m").exec(section)?.[1];
}
