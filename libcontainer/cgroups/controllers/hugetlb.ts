import { ENOENT } from "../../../ffi/errno.ts";
import type { LinuxHugepageLimit } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

/**
 * `linux.resources.hugepageLimits` as files of the hugetlb controller: a limit of what is in use, and where the kernel
 * has it (since Linux 5.7) of what is reserved, so that a program is refused and not killed.
 *
 * @param suffix `limit_in_bytes` in cgroup v1, `max` in v2
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#hugetlb-interface-files
 */
export function hugetlb(limits: readonly LinuxHugepageLimit[], suffix: "limit_in_bytes" | "max"): Setting[] {
  return limits.flatMap(({ pageSize, limit }, index) => {
    const value = String(limit), at = `linux.resources.hugepageLimits[${index}]`;
    return [
      { file: `hugetlb.${pageSize}.${suffix}`, value, at },
      { file: `hugetlb.${pageSize}.rsvd.${suffix}`, value, at, ignore: ENOENT },
    ];
  });
}
