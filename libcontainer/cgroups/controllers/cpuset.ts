import type { LinuxCPU } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

/**
 * `linux.resources.cpu.cpus` and `.mems` as files of the cpuset controller; the same in cgroup v1 and v2.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpuset-interface-files
 */
export function cpuset({ cpus, mems }: LinuxCPU): Setting[] {
  const settings: Setting[] = [];
  if (cpus) settings.push({ file: "cpuset.cpus", value: cpus, at: "linux.resources.cpu.cpus" });
  if (mems) settings.push({ file: "cpuset.mems", value: mems, at: "linux.resources.cpu.mems" });
  return settings;
}
