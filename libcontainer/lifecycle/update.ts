import type { CgroupManager } from "../cgroups/manager.ts";
import { keepLimits } from "../cgroups/keep_limits.ts";
import { writeSchemata } from "../cgroups/resctrl.ts";
import { RuntError } from "../error.ts";
import { Host } from "../host/facts.ts";
import { problemsError } from "../spec/problem.ts";
import type { LinuxResources } from "../spec/resources.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, stateDirectory } from "../state/state_directory.ts";
import { permits } from "../state/status.ts";
import { unifiedProblems } from "../validate/more_resources.ts";
import { validateId } from "./container_id.ts";
import { loadCgroupOwner, loadContainer } from "./load_container.ts";
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
export async function updateContainer(
  runtime: RuntimeOptions,
  id: string,
  update: () => Update,
  host: Pick<Host, "intelRdt"> = new Host(),
): Promise<void> {
  validateId(id);
  const open = await loadCgroupOwner(runtime, loadContainer(runtime, id).state);
  const { resources, ...schemas } = update();
  warnOfKernelMemory(runtime, resources);
  const lines = checkSchemas(schemas, host);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const { status, cgroup, state: { intel_rdt_path: group } } = loadContainer(runtime, id, true, open);
  // runc's text; clients look for it.
  if (!permits(status, "update")) throw new RuntError("wrong-state", "container not running");
  if (lines.length && group === undefined) {
    throw new RuntError("unsupported", "updating a non-existent Intel RDT configuration is not supported");
  }
  const problems = unifiedProblems(resources.unified ?? {}, () => cgroup.mode);
  if (problems.length) throw problemsError(problems, "the update");
  set(runtime, cgroup, resources, () => {
    if (group !== undefined && host.intelRdt) writeSchemata(host.intelRdt.root, group, lines);
  });
  note(runtime.root, id, "update");
}

/** All of it, or nothing. */
function set(
  runtime: RuntimeOptions,
  cgroup: CgroupManager,
  resources: LinuxResources,
  setMore: () => void,
): void {
  const putBack = keepLimits(cgroup);
  try {
    cgroup.set(resources, "update");
    setMore();
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

/**
 * The lines of resctrl's `schemata` that are to change. Texts are runc's.
 *
 * @throws {RuntError} where the host has nothing to share
 */
function checkSchemas(
  { l3CacheSchema, memBwSchema }: Omit<Update, "resources">,
  host: Pick<Host, "intelRdt">,
): string[] {
  const lines = [l3CacheSchema, memBwSchema].filter((line) => line !== undefined && line !== "") as string[];
  if (!lines.length) return lines;
  const { cat = false, mba = false } = host.intelRdt ?? {};
  if (l3CacheSchema && !cat) {
    throw new RuntError("unsupported", "Intel RDT/CAT: l3 cache schema is not enabled");
  }
  if (memBwSchema && !mba) {
    throw new RuntError("unsupported", "Intel RDT/MBA: memory bandwidth schema is not enabled");
  }
  return lines;
}
