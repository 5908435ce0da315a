import type { LinuxPids } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

/**
 * `linux.resources.pids` as a file of the pids controller; the same in cgroup v1 and v2.
 *
 * 0 becomes 1, as with runc: systemd takes no 0, and a container's first process does not mind the difference.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#pid-interface-files
 */
export function pids({ limit }: LinuxPids): Setting[] {
  if (limit === undefined) return [];
  const value = limit < 0 ? "max" : limit == 0 ? "1" : String(limit);
  return [{ file: "pids.max", value, at: "linux.resources.pids.limit" }];
}
