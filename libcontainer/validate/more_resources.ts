import { memberPath } from "../spec/problem.ts";
import type { Check } from "./issue.ts";

/** `linux.resources.blockIO`. */
export const checkBlockIO: Check = ({ spec, error }) => {
  for (const field of ["weight", "leafWeight"] as const) {
    const weight = spec.linux!.resources!.blockIO![field] ?? 0;
    if (weight !== 0 && (weight < 10 || weight > 1000)) {
      error(`linux.resources.blockIO.${field}`, `must be between 10 and 1000, not ${weight}`);
    }
  }
};

/** `linux.resources.hugepageLimits`. */
export const checkHugepageLimits: Check = ({ spec, error }) => {
  const limits = spec.linux!.resources!.hugepageLimits!;
  for (let i = 0; i < limits.length; i++) {
    const { pageSize } = limits[i]!;
    if (!/^\d+[KMG]B$/.test(pageSize)) {
      error(
        `linux.resources.hugepageLimits[${i}].pageSize`,
        `must be like 2MB, not ${JSON.stringify(pageSize)}`,
      );
    }
  }
};

/** `linux.resources.unified`. runc's texts. */
export const checkUnified: Check = ({ spec, facts, error }) => {
  const path = "linux.resources.unified";
  const files = Object.keys(spec.linux!.resources!.unified!);
  if (files.length > 0 && facts.cgroupMode !== "unified") {
    return error(path, "invalid configuration: cannot use unified on cgroup v1");
  }
  for (const file of files) {
    const quoted = JSON.stringify(file);
    if (file.includes("/")) {
      error(memberPath(path, file), `unified resource ${quoted} must be a file name (no slashes)`);
    } else if (file.indexOf(".") < 1) {
      error(memberPath(path, file), `unified resource ${quoted} must be in the form CONTROLLER.PARAMETER`);
    }
  }
};
