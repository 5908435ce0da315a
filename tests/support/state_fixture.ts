import type { StateFile } from "../../libcontainer/state/state_file.ts";

/** Facts of a container without a process, but for what is given. */
export function testState(part: Partial<StateFile> = {}): StateFile {
  return {
    id: "c",
    init_process_pid: 0,
    init_process_start: 0,
    created: "2024-01-01T00:00:00Z",
    config: { rootfs: "/bundle/rootfs", labels: ["bundle=/bundle"], version: "1.2.0" },
    cgroup_paths: {},
    runt: {
      bundle: "/bundle",
      annotations: {},
      cgroupsPath: "",
      systemdCgroup: false,
      ownPidNamespace: true,
      newKeyring: true,
    },
    ...part,
  };
}
