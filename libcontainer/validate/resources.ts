import { memberPath } from "../spec/problem.ts";
import type { LinuxCPU, LinuxMemory, LinuxResources } from "../spec/resources.ts";
import type { Check, CheckContext, Report } from "./issue.ts";

/** `linux.resources` but for its devices, and `linux.cgroupsPath`. Texts are runc's where it has one. */
export const checkResources: Check = (context) => {
  const { spec, options, error } = context;
  const { cgroupsPath = "", resources = {} } = spec.linux ?? {};
  if (options.systemdCgroup && cgroupsPath !== "" && cgroupsPath.split(":").length !== 3) {
    error(
      "linux.cgroupsPath",
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got ` +
        `${JSON.stringify(cgroupsPath)} instead`,
    );
  }
  if (resources.memory !== undefined) checkMemory(resources.memory, context);
  if (resources.cpu !== undefined) checkCpu(resources.cpu, error);
  checkBlockIO(resources, error);
  checkUnified(resources, context);
};

function checkMemory(memory: LinuxMemory, { facts, error, warn }: CheckContext): void {
  const path = "linux.resources.memory";
  const { limit = 0, swap = 0, swappiness = 0 } = memory;
  for (const field of ["limit", "reservation", "swap"] as const) {
    if ((memory[field] ?? 0) < -1) error(`${path}.${field}`, `invalid memory value: ${memory[field]}`);
  }
  if (swap > 0 && limit > 0 && swap < limit) {
    error(`${path}.swap`, "memory+swap limit should be >= memory limit");
  } else if (swap > 0 && limit == 0 && facts.cgroupMode === "unified") {
    error(`${path}.swap`, "unable to set swap limit without memory limit");
  }
  if (swappiness > 100 && facts.cgroupMode !== "unified") { // v2 has none, and runc ignores it there
    error(`${path}.swappiness`, `invalid memory swappiness value: ${swappiness} (valid range is 0-100)`);
  }
  for (const field of ["kernel", "kernelTCP"] as const) {
    if (memory[field] !== undefined) {
      warn(`${path}.${field}`, "Kernel memory settings are ignored and will be removed");
    }
  }
}

/** What the kernel would say EINVAL to; 0 leaves a setting as it is. */
function checkCpu({ quota = 0, period = 0, burst = 0, idle = 0 }: LinuxCPU, error: Report): void {
  const path = "linux.resources.cpu";
  if (quota != 0 && quota != -1 && quota < 1000) {
    error(`${path}.quota`, `must be -1 or at least 1000 microseconds, not ${quota}`);
  }
  if (period != 0 && (period < 1000 || period > 1_000_000)) {
    error(`${path}.period`, `must be between 1000 and 1000000 microseconds, not ${period}`);
  }
  if (quota > 0 && burst > quota) error(`${path}.burst`, `must not be over the quota of ${quota}`);
  if (idle !== 0 && idle !== 1) error(`${path}.idle`, `must be 0 or 1, not ${idle}`);
}

function checkBlockIO({ blockIO, hugepageLimits = [] }: LinuxResources, error: Report): void {
  for (const field of ["weight", "leafWeight"] as const) {
    const weight = blockIO?.[field] ?? 0;
    if (weight !== 0 && (weight < 10 || weight > 1000)) {
      error(`linux.resources.blockIO.${field}`, `must be between 10 and 1000, not ${weight}`);
    }
  }
  for (let i = 0; i < hugepageLimits.length; i++) {
    const { pageSize } = hugepageLimits[i]!;
    if (!/^\d+[KMG]B$/.test(pageSize)) {
      error(
        `linux.resources.hugepageLimits[${i}].pageSize`,
        `must be like 2MB, not ${JSON.stringify(pageSize)}`,
      );
    }
  }
}

function checkUnified({ unified = {} }: LinuxResources, { facts, error }: CheckContext): void {
  const path = "linux.resources.unified";
  const files = Object.keys(unified);
  if (files.length > 0 && facts.cgroupMode !== "unified") {
    return error(path, "invalid configuration: cannot use unified on cgroup v1");
  }
  for (const file of files) {
    if (file.includes("/")) {
      error(
        memberPath(path, file),
        `unified resource ${JSON.stringify(file)} must be a file name (no slashes)`,
      );
    } else if (!/^[^.]+\../.test(file)) {
      error(
        memberPath(path, file),
        `unified resource ${JSON.stringify(file)} must be in the form CONTROLLER.PARAMETER`,
      );
    }
  }
}
