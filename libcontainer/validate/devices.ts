import type { Check, CheckContext } from "./issue.ts";

/** Linux has 12 bits for the major and 20 for the minor number, makedev(3). */
const HIGHEST_MAJOR = 0xfff;
const HIGHEST_MINOR = 0xfffff;

/** `linux.devices` and the device rules of the cgroup. Texts are runc's where it has one. */
export const checkDevices: Check = (context) => {
  checkNodes(context);
  checkRules(context);
};

function checkNodes({ spec, error }: CheckContext): void {
  const devices = spec.linux?.devices ?? [];
  for (let i = 0; i < devices.length; i++) {
    const { path, type, major, minor } = devices[i]!;
    const at = `linux.devices[${i}]`;
    if (!path.startsWith("/")) error(`${at}.path`, "must be an absolute path");
    if (!/^[cbup]$/.test(type)) error(`${at}.type`, `invalid device type ${JSON.stringify(type)}`);
    if (type === "p") continue; // a FIFO has no numbers
    if (major < 0 || major > HIGHEST_MAJOR) {
      error(`${at}.major`, `must be between 0 and ${HIGHEST_MAJOR}, not ${major}`);
    }
    if (minor < 0 || minor > HIGHEST_MINOR) {
      error(`${at}.minor`, `must be between 0 and ${HIGHEST_MINOR}, not ${minor}`);
    }
  }
}

function checkRules({ spec, error }: CheckContext): void {
  const rules = spec.linux?.resources?.devices ?? [];
  for (let i = 0; i < rules.length; i++) {
    const { type = "", major = -1, minor = -1, access = "" } = rules[i]!;
    const at = `linux.resources.devices[${i}]`;
    if (!/^[abc]?$/.test(type)) error(`${at}.type`, `invalid cgroup device type ${JSON.stringify(type)}`);
    if (access === "") error(`${at}.access`, `device access at ${i} field cannot be empty`);
    else if (/[^rwm]/.test(access)) error(`${at}.access`, `must be some of r, w and m, not ${access}`);
    if (major < -1 || major > 0xffffffff) error(`${at}.major`, `invalid major ${major}`);
    if (minor < -1 || minor > 0xffffffff) error(`${at}.minor`, `invalid minor ${minor}`);
  }
}
