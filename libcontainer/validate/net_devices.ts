import { memberPath } from "../spec/problem.ts";
import type { Check } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** `linux.netDevices`. runc's texts. */
export const checkNetDevices: Check = ({ spec, options, error }) => {
  const path = "linux.netDevices";
  const devices = Object.entries(spec.linux!.netDevices!);
  if (devices.length === 0) return;
  if (namespaceOf(spec, "network") === undefined) {
    error(path, "unable to move network devices without a NET namespace");
  }
  if (options.rootless) error(path, "network devices are not supported for rootless containers");
  for (const [name, device] of devices) {
    for (const each of device.name ? [name, device.name] : [name]) {
      // dev_valid_name() of the kernel
      if (!/^[^/: ]{1,16}$/.test(each) || each === "." || each === "..") {
        error(memberPath(path, name), `invalid network device name ${JSON.stringify(each)}`);
      }
    }
  }
};
