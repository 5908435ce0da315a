import { memberPath } from "../../spec/problem.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

/**
 * `linux.resources.rdma` as a file of the rdma controller; the same in cgroup v1 and v2.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#rdma-interface-files
 */
export function rdma(devices: NonNullable<LinuxResources["rdma"]>): Setting[] {
  return Object.entries(devices).map(([name, { hcaHandles, hcaObjects }]) => {
    const handles = hcaHandles === undefined ? "" : ` hca_handle=${hcaHandles}`;
    const objects = hcaObjects === undefined ? "" : ` hca_object=${hcaObjects}`;
    return {
      file: "rdma.max",
      value: name + handles + objects,
      at: memberPath("linux.resources.rdma", name),
    };
  });
}
