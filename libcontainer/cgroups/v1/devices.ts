import { RuntError } from "../../error.ts";
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import { readCgroupFile, settingError, writeCgroupFile } from "../cgroup_file.ts";
import { defaultDeviceList } from "../controllers/default_devices.ts";
import {
  denyAll,
  deviceFilter,
  deviceTransition,
  parseDevicesList,
  parseRules,
  sameFilter,
} from "../controllers/device_rules.ts";

/**
 * Makes the rules, and behind them the default ones, those of a v1 cgroup.
 *
 * @param dir the cgroup
 * @param devicePaths paths of `linux.devices`, see {@linkcode defaultDeviceList}
 * @throws {RuntError} for rules that cannot be, or when the kernel refuses or makes something else of them
 */
export function setDevicesV1(
  dir: string,
  rules: readonly LinuxDeviceCgroup[],
  devicePaths: readonly string[],
): void {
  const defaults = defaultDeviceList(devicePaths), before = readCgroupFile(dir, "devices.list");
  if (denyAll(rules) && before === ALLOW_ALL) {
    // A new cgroup that gets the default rules only, as nearly all do: the lines are known beforehand.
    write(dir, false, "a *:* rwm");
    for (const line of defaults.split("\n")) if (line) write(dir, true, line);
    if (readCgroupFile(dir, "devices.list") === defaults) return;
  }
  const target = deviceFilter([...rules, ...parseRules(defaults)], rules.length);
  const filterNow = () => parseDevicesList(readCgroupFile(dir, "devices.list"));
  for (const { allow, line } of deviceTransition(filterNow(), target)) write(dir, allow, line);
  // The kernel ignores some rules without a word. What is denied by exceptions it does not show.
  const now = filterNow();
  if (target.allow ? !now.allow : !sameFilter(now, target)) {
    const message = target.allow
      ? "resulting devices cgroup doesn't match target mode"
      : "resulting devices cgroup doesn't precisely match target";
    throw new RuntError("kernel", message, { path: AT, hint: `see ${dir}/devices.list` });
  }
}

const AT = "linux.resources.devices";
/** `devices.list` of a cgroup that nobody has limited. */
const ALLOW_ALL = "a *:* rwm\n";

function write(dir: string, allow: boolean, value: string): void {
  const file = allow ? "devices.allow" : "devices.deny";
  try {
    writeCgroupFile(dir, file, value);
  } catch (error) {
    throw settingError(dir, { file, value, at: AT }, error);
  }
}
