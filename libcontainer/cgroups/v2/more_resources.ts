import type { LinuxResources } from "../../spec/resources.ts";
import { applySettings, cgroupFileExists, readCgroupFile } from "../cgroup_file.ts";
import { blockIOV2 } from "../controllers/block_io.ts";
import { hugetlb } from "../controllers/hugetlb.ts";
import { rdma } from "../controllers/rdma.ts";

const BFQ = "io.bfq.weight";

/**
 * Writes the limits of what few containers limit: block I/O, huge pages, RDMA. Network classes and priorities are
 * ignored: v2 has none.
 *
 * @param dir the cgroup
 */
export function setMoreV2(dir: string, { blockIO, hugepageLimits, rdma: devices }: LinuxResources): void {
  if (blockIO) {
    const bfq = {
      isThere: () => cgroupFileExists(dir, BFQ),
      // Where a default weight is all that it takes, a number is all that it shows.
      takesDevices: () => !/^\d+$/.test(readCgroupFile(dir, BFQ).trim()),
    };
    applySettings(dir, "io", blockIOV2(blockIO, bfq));
  }
  if (hugepageLimits) applySettings(dir, "hugetlb", hugetlb(hugepageLimits, "max"));
  if (devices) applySettings(dir, "rdma", rdma(devices));
}
