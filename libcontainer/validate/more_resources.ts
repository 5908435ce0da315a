import { memberPath, type Problem } from "../spec/problem.ts";
import type { LinuxResources } from "../spec/resources.ts";
import type { HostFacts } from "./facts.ts";
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

/** `linux.resources.unified`. */
export const checkUnified: Check = ({ spec, facts, error }) => {
  const files = spec.linux!.resources!.unified!;
  for (const { path, message } of unifiedProblems(files, () => facts.cgroupMode)) error(path, message);
};

/**
 * What is wrong with files of cgroup v2 by their names, for `create` and `update` alike. runc's texts.
 *
 * @param mode asked where there are any
 */
export function unifiedProblems(
  files: NonNullable<LinuxResources["unified"]>,
  mode: () => HostFacts["cgroupMode"],
): Problem[] {
  const at = "linux.resources.unified", names = Object.keys(files);
  if (names.length > 0 && mode() !== "unified") {
    return [{ path: at, message: "invalid configuration: cannot use unified on cgroup v1" }];
  }
  return names.flatMap((name) => {
    const resource = `unified resource ${JSON.stringify(name)}`, path = memberPath(at, name);
    // It is the name of a file in the cgroup's directory, and must not lead elsewhere.
    if (name.includes("/")) return [{ path, message: `${resource} must be a file name (no slashes)` }];
    if (name.indexOf(".") > 0) return [];
    return [{ path, message: `${resource} must be in the form CONTROLLER.PARAMETER` }];
  });
}
