import type { LinuxResources } from "../../spec/resources.ts";
import { applySettings, cgroupFileExists } from "../cgroup_file.ts";
import { blockIOV1 } from "../controllers/block_io.ts";
import { hugetlb } from "../controllers/hugetlb.ts";
import { netCls, netPrio } from "../controllers/network.ts";
import { rdma } from "../controllers/rdma.ts";

/**
 * Writes the limits of what few containers limit: block I/O, huge pages, network classes, RDMA.
 *
 * @param paths directories by controller
 */
export function setMoreV1(
  paths: Readonly<Record<string, string>>,
  { blockIO, hugepageLimits, network, rdma: devices }: LinuxResources,
): void {
  if (blockIO) {
    const hasCfq = () => paths.blkio !== undefined && cgroupFileExists(paths.blkio, "blkio.weight");
    applySettings(paths.blkio, "blkio", blockIOV1(blockIO, hasCfq));
  }
  if (hugepageLimits) applySettings(paths.hugetlb, "hugetlb", hugetlb(hugepageLimits, "limit_in_bytes"));
  if (network) {
    applySettings(paths.net_cls, "net_cls", netCls(network));
    applySettings(paths.net_prio, "net_prio", netPrio(network));
  }
  if (devices) applySettings(paths.rdma, "rdma", rdma(devices));
}
