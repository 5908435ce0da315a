import type { CgroupManager } from "../cgroups/manager.ts";
import { type Config, makesNamespace } from "../config/config.ts";
import { laterHooks } from "../hooks/kinds.ts";
import { SPEC_VERSION } from "../spec/version.ts";
import type { StateFile } from "../state/state_file.ts";
import type { RuntimeOptions } from "./options.ts";
import type { Parts } from "./parts.ts";

/** What is written down of a container before there is a process. */
export function describeFacts(
  config: Config,
  cgroup: CgroupManager,
  runtime: RuntimeOptions,
  resctrl: Parts["resctrl"],
): StateFile {
  const hooks = laterHooks(config.hooks);
  const annotations = Object.entries(config.annotations).map(([key, value]) => `${key}=${value}`);
  return {
    id: config.id,
    init_process_pid: 0,
    init_process_start: 0,
    created: new Date().toISOString(),
    config: {
      rootfs: config.rootfs,
      labels: [...annotations, `bundle=${config.bundle}`],
      version: SPEC_VERSION,
    },
    cgroup_paths: cgroup.paths,
    ...(resctrl && { intel_rdt_path: resctrl.directory }),
    ...(resctrl?.monitoring !== undefined && { intel_rdt_mon_path: resctrl.monitoring }),
    runt: {
      bundle: config.bundle,
      annotations: config.annotations,
      cgroupsPath: config.cgroup.path,
      systemdCgroup: runtime.systemdCgroup,
      ...(cgroup.ofUser && { systemdUser: true }),
      ownPidNamespace: makesNamespace(config, "pid"),
      newKeyring: config.newKeyring,
      ...(resctrl && { resctrl: resctrl.removed }),
      ...(hooks && { hooks }),
    },
  };
}
