import { type CgroupManager, openCgroupManager } from "../cgroups/manager.ts";
import { Host } from "../host/facts.ts";
import { statusOf } from "../state/container_status.ts";
import { isLocked } from "../state/state_directory.ts";
import type { StateFile } from "../state/state_file.ts";
import type { Status } from "../state/status.ts";
import { type ContainerFacts, loadFacts } from "./load_facts.ts";
import type { RuntimeOptions } from "./options.ts";
import { forgivesCgroups } from "./rootless.ts";

/** A container that was made before. */
export interface Container extends ContainerFacts {
  readonly cgroup: CgroupManager;
  /** Worked out anew each time it is read. */
  readonly status: Status;
}

/**
 * Finds a container.
 *
 * @param ours whether the caller has its lock
 * @throws {RuntError} `not-found` when there is none, or none that was made far enough
 */
export function loadContainer(runtime: RuntimeOptions, id: string, ours = false): Container {
  const { directory, state } = loadFacts(runtime, id);
  return containerOf(runtime, directory, state, ours);
}

/**
 * The container that a state file describes.
 *
 * @param ours whether the caller has its lock; else one who has it may be just making it
 */
export function containerOf(
  runtime: RuntimeOptions,
  directory: string,
  state: StateFile,
  ours = false,
): Container {
  let cgroup: CgroupManager | undefined;
  return {
    id: state.id,
    directory,
    state,
    get cgroup() {
      const host = new Host();
      return cgroup ??= openCgroupManager(
        {
          id: state.id,
          path: state.runt.cgroupsPath,
          systemd: state.runt.systemdCgroup,
          get rootless() {
            return forgivesCgroups(runtime, host);
          },
        },
        host,
        state.cgroup_paths,
      );
    },
    get status() {
      const isFrozen = () => this.cgroup.freezerState() === "FROZEN";
      return statusOf(directory, state, isFrozen, () => !ours && isLocked(directory));
    },
  };
}
