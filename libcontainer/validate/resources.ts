import type { Check } from "./issue.ts";

/** `linux.cgroupsPath`. runc's text. */
export const checkCgroupsPath: Check = ({ spec, options, error }) => {
  const path = spec.linux!.cgroupsPath!;
  if (options.systemdCgroup && path !== "" && path.split(":").length !== 3) {
    error(
      "linux.cgroupsPath",
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got ${
        JSON.stringify(path)
      } instead`,
    );
  }
};

/** `linux.resources.memory`. Texts are runc's. */
export const checkMemory: Check = ({ spec, facts, error, warn }) => {
  const path = "linux.resources.memory";
  const memory = spec.linux!.resources!.memory!;
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
};

/** `linux.resources.cpu`: what the kernel would say EINVAL to; 0 leaves a setting as it is. */
export const checkCpu: Check = ({ spec, error }) => {
  const path = "linux.resources.cpu";
  const { quota = 0, period = 0, burst = 0, idle = 0 } = spec.linux!.resources!.cpu!;
  // Any that is negative is no limit, as for the kernel's cpu.cfs_quota_us.
  if (quota > 0 && quota < 1000) {
    error(`${path}.quota`, `must be -1 or at least 1000 microseconds, not ${quota}`);
  }
  if (period != 0 && (period < 1000 || period > 1_000_000)) {
    error(`${path}.period`, `must be between 1000 and 1000000 microseconds, not ${period}`);
  }
  if (quota > 0 && burst > quota) error(`${path}.burst`, `must not be over the quota of ${quota}`);
  if (idle !== 0 && idle !== 1) error(`${path}.idle`, `must be 0 or 1, not ${idle}`);
};
