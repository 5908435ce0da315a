import type { CgroupManager } from "../cgroups/manager.ts";
import { keepLimits } from "../cgroups/keep_limits.ts";
import { RuntError } from "../error.ts";
import { Host } from "../host/facts.ts";
import type { LinuxResources } from "../spec/resources.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, stateDirectory } from "../state/state_directory.ts";
import { permits } from "../state/status.ts";
import { validateId } from "./container_id.ts";
import { loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/** What shall become of a container's limits. */
export interface Update {
  /** What is not there stays as it is. Rules for devices are ignored, as in runc. */
  readonly resources: LinuxResources;
  /** A schema for Intel's L3 cache allocation. */
  readonly l3CacheSchema?: string;
  /** A schema for Intel's memory bandwidth allocation. */
  readonly memBwSchema?: string;
}

/**
 * Changes the limits of a container.
 *
 * @param update asked for once the container is found: reading it may fail, or take long
 * @throws {RuntError} `wrong-state` when it has stopped, or what the kernel refuses; then the limits are what they were
 */
export function updateContainer(runtime: RuntimeOptions, id: string, update: () => Update): void {
  validateId(id);
  loadContainer(runtime, id);
  const { resources, ...schemas } = update();
  warnOfKernelMemory(runtime, resources);
  refuseSchemas(schemas);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const { status, cgroup } = loadContainer(runtime, id, true);
  // runc's text; clients look for it.
  if (!permits(status, "update")) throw new RuntError("wrong-state", "container not running");
  set(runtime, cgroup, resources);
  note(runtime.root, id, "update");
}

/** All of it, or nothing. */
function set(runtime: RuntimeOptions, cgroup: CgroupManager, resources: LinuxResources): void {
  const putBack = keepLimits(cgroup);
  try {
    cgroup.set(resources, "update");
  } catch (error) {
    const left = putBack();
    if (left.length > 0) {
      runtime.log.warn(`Setting back cgroup configs failed: ${left.join(", ")} may be neither old nor new`);
    }
    throw error;
  }
}

function warnOfKernelMemory({ log }: RuntimeOptions, { memory }: LinuxResources): void {
  if (memory?.kernel === undefined && memory?.kernelTCP === undefined) return;
  log.warn("Kernel memory settings are ignored and will be removed");
}

/** Texts are runc's. */
function refuseSchemas({ l3CacheSchema, memBwSchema }: Omit<Update, "resources">): void {
  if (!l3CacheSchema && !memBwSchema) return;
  const { cat = false, mba = false } = new Host().intelRdt ?? {};
  if (l3CacheSchema && !cat) {
    throw new RuntError("unsupported", "Intel RDT/CAT: l3 cache schema is not enabled");
  }
  if (memBwSchema && !mba) {
    throw new RuntError("unsupported", "Intel RDT/MBA: memory bandwidth schema is not enabled");
  }
  throw new RuntError("unsupported", "updating a non-existent Intel RDT configuration is not supported");
}
