import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { type CgroupManager, type CgroupRequest, openCgroupManager } from "../cgroups/manager.ts";
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

/** What opens a container's cgroup, for those who change or remove it. */
type OpenCgroup = (
  request: CgroupRequest,
  host: Host,
  paths: Readonly<Record<string, string>>,
) => CgroupManager;

/**
 * Loads what it takes to change or remove a container's cgroup, where that is not the files alone: systemd's part.
 *
 * Those who only look at it, freeze it or signal its processes do without.
 */
export async function loadCgroupOwner(
  { log }: Pick<RuntimeOptions, "log">,
  state: StateFile | undefined,
): Promise<OpenCgroup | undefined> {
  if (!state?.runt.systemdCgroup) return undefined;
  const { openSystemdCgroup } = await import("../cgroups/systemd/mod.ts");
  return (request, host, paths) =>
    openSystemdCgroup(
      {
        ...request,
        rootless: state.runt.systemdUser ?? false,
        inUserNamespace: host.inUserNamespace,
        warn: (text) => log.warn(text),
      },
      host,
      paths,
      new LocalKernel(openNative()),
    );
}

/**
 * Finds a container.
 *
 * @param open see {@linkcode loadCgroupOwner}
 * @param ours whether the caller has its lock
 * @throws {RuntError} `not-found` when there is none, or none that was made far enough
 */
export function loadContainer(
  runtime: RuntimeOptions,
  id: string,
  ours = false,
  open?: OpenCgroup,
): Container {
  const { directory, state } = loadFacts(runtime, id);
  return containerOf(runtime, directory, state, ours, open);
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
  open: OpenCgroup = openCgroupManager,
): Container {
  let cgroup: CgroupManager | undefined;
  return {
    id: state.id,
    directory,
    state,
    get cgroup() {
      const host = new Host();
      return cgroup ??= open(
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
