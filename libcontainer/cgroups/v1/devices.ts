import { RuntError } from "../../error.ts";
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import { readCgroupFile, settingError, writeCgroupFile } from "../cgroup_file.ts";
import { deviceFilter, deviceTransition, parseDevicesList, sameFilter } from "../controllers/device_rules.ts";

/**
 * Makes the rules those of a v1 cgroup.
 *
 * @param dir the cgroup
 * @throws {RuntError} for rules that cannot be, or when the kernel refuses or makes something else of them
 */
export function setDevicesV1(dir: string, rules: readonly LinuxDeviceCgroup[]): void {
  const target = deviceFilter(rules);
  const filterNow = () => parseDevicesList(readCgroupFile(dir, "devices.list"));
  for (const { allow, line } of deviceTransition(filterNow(), target)) {
    const file = allow ? "devices.allow" : "devices.deny";
    try {
      writeCgroupFile(dir, file, line);
    } catch (error) {
      throw settingError(dir, { file, value: line, at: "linux.resources.devices" }, error);
    }
  }
  // The kernel ignores some rules without a word. What is denied by exceptions it does not show.
  const now = filterNow();
  if (target.allow ? !now.allow : !sameFilter(now, target)) {
    const message = target.allow
      ? "resulting devices cgroup doesn't match target mode"
      : "resulting devices cgroup doesn't precisely match target";
    throw new RuntError("kernel", message, {
      path: "linux.resources.devices",
      hint: `see ${dir}/devices.list`,
    });
  }
}
