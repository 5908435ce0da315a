/**
 * `linux.resources.network` as files of the net_cls and net_prio controllers of cgroup v1. v2 has neither.
 *
 * @module
 */
import type { LinuxNetwork } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

const AT = "linux.resources.network";

/** The class of the container's packets; 0 is none. */
export function netCls({ classID }: LinuxNetwork): Setting[] {
  return classID ? [{ file: "net_cls.classid", value: String(classID), at: `${AT}.classID` }] : [];
}

/** The priority of the container's packets by interface. */
export function netPrio({ priorities = [] }: LinuxNetwork): Setting[] {
  return priorities.map(({ name, priority }, index) => {
    return { file: "net_prio.ifpriomap", value: `${name} ${priority}`, at: `${AT}.priorities[${index}]` };
  });
}
