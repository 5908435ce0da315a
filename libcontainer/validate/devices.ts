import { cleanPath } from "../clean_path.ts";
import type { Check } from "./issue.ts";

/** Linux has 12 bits for the major and 20 for the minor number, makedev(3). */
const HIGHEST_MAJOR = 0xfff;
const HIGHEST_MINOR = 0xfffff;

const TYPES = ["c", "b", "u", "p"];
const RULE_TYPES = ["", "a", "b", "c"];

/** `linux.devices`. runc's text for the type. */
export const checkDevices: Check = ({ spec, error }) => {
  const devices = spec.linux!.devices!;
  for (let i = 0; i < devices.length; i++) {
    const { path, type, major, minor } = devices[i]!;
    const at = `linux.devices[${i}]`;
    if (!path.startsWith("/")) error(`${at}.path`, "must be an absolute path");
    else if (cleanPath(path) === "/") error(`${at}.path`, "must not be the root");
    if (!TYPES.includes(type)) error(`${at}.type`, `invalid device type ${JSON.stringify(type)}`);
    if (type === "p") continue; // a FIFO has no numbers
    if (major < 0 || major > HIGHEST_MAJOR) {
      error(`${at}.major`, `must be between 0 and ${HIGHEST_MAJOR}, not ${major}`);
    }
    if (minor < 0 || minor > HIGHEST_MINOR) {
      error(`${at}.minor`, `must be between 0 and ${HIGHEST_MINOR}, not ${minor}`);
    }
  }
};

/** `linux.resources.devices`, the rules of the device cgroup. runc's texts for the type and no access. */
export const checkDeviceRules: Check = ({ spec, error }) => {
  const rules = spec.linux!.resources!.devices!;
  for (let i = 0; i < rules.length; i++) {
    const { type = "", major = -1, minor = -1, access = "" } = rules[i]!;
    const at = `linux.resources.devices[${i}]`;
    if (!RULE_TYPES.includes(type)) error(`${at}.type`, `invalid cgroup device type ${JSON.stringify(type)}`);
    if (access === "") error(`${at}.access`, `device access at ${i} field cannot be empty`);
    else if (!isAccess(access)) error(`${at}.access`, `must be some of r, w and m, not ${access}`);
    if (major < -1 || major > 0xffffffff) error(`${at}.major`, `invalid major ${major}`);
    if (minor < -1 || minor > 0xffffffff) error(`${at}.minor`, `invalid minor ${minor}`);
  }
};

/** As in runc, letters that mean nothing are ignored beside some that do. */
function isAccess(access: string): boolean {
  return /[rwm]/.test(access);
}
