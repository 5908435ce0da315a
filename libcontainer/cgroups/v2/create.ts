/**
 * Making a v2 cgroup that has controllers.
 *
 * A cgroup has the controllers that its parent hands on (`cgroup.subtree_control`), which has to have them itself,
 * up to the root. All that there are get enabled, so that limits can be set later.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#controlling-controllers
 * @module
 */
import { RuntError } from "../../error.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { readCgroupFile, tryWriteCgroupFile } from "../cgroup_file.ts";
import { isBlockIOSet } from "../controllers/block_io.ts";
import type { MadeDirectories } from "../made_directories.ts";

/**
 * Makes a cgroup and hands controllers down to it.
 *
 * @param root where v2 is mounted
 * @param dir below it
 * @param resources what will be set: some of it is impossible in a threaded cgroup
 * @returns false when it was there
 * @throws {RuntError} for a cgroup that is of no use
 */
export function createCgroup(
  root: string,
  dir: string,
  resources: LinuxResources,
  made: MadeDirectories,
): boolean {
  const fresh = made.make(dir), controllers = words(root, "cgroup.controllers");
  // Every container but the first finds that its parents hand all on. Writing what is so already is slow: it locks.
  if (!hasAll(dir, "cgroup.controllers", controllers)) {
    for (let end = root.length; end > 0 && end < dir.length; end = dir.indexOf("/", end + 1)) {
      handOn(dir.slice(0, end), controllers);
    }
  }
  checkType(root, dir, resources);
  return fresh;
}

function handOn(dir: string, controllers: readonly string[]): void {
  const enabled = words(dir, "cgroup.subtree_control");
  const missing = controllers.filter((controller) => !enabled.includes(controller)).map((name) => `+${name}`);
  if (!missing.length || tryWriteCgroupFile(dir, "cgroup.subtree_control", missing.join(" "))) return;
  // One that cannot be had must not keep the others away. Whether it is missed shows when its limit is set.
  for (const controller of missing) tryWriteCgroupFile(dir, "cgroup.subtree_control", controller);
}

/** Below a cgroup with processes and threaded controllers there are no memory and io (`cgroups(7)`, "Thread mode"). */
function checkType(root: string, dir: string, resources: LinuxResources): void {
  const type = words(dir, "cgroup.type").join(" ");
  if (type === "domain" || type === "" || dir.length <= root.length) return;
  if (needsDomain(resources)) {
    const state = type === "domain invalid" ? "an invalid state" : `${type} mode`;
    const message = `cannot enter cgroupv2 "${dir}" with domain controllers -- it is in ${state}`;
    throw new RuntError("unsupported", message, { path: "linux.cgroupsPath" });
  }
  // From the top: a cgroup can only become threaded below one that is.
  checkType(root, dir.slice(0, dir.lastIndexOf("/")), resources);
  if (type === "domain invalid") tryWriteCgroupFile(dir, "cgroup.type", "threaded");
}

/** Whether limits are asked for that a threaded cgroup cannot have. runc counts cpu among them. */
export function needsDomain({ memory, cpu, blockIO, hugepageLimits }: LinuxResources): boolean {
  if (isBlockIOSet(blockIO) || hugepageLimits?.length) return true;
  if (memory && (memory.limit || memory.reservation || memory.swap)) return true;
  if (!cpu) return false;
  return !!(cpu.shares || cpu.quota || cpu.period) || cpu.idle !== undefined || cpu.burst !== undefined;
}

function hasAll(dir: string, file: string, controllers: readonly string[]): boolean {
  const there = words(dir, file);
  return controllers.every((controller) => there.includes(controller));
}

/** Words of a file; none where it is not or may not be read. */
function words(dir: string, file: string): string[] {
  try {
    return readCgroupFile(dir, file).split(/\s+/).filter(Boolean);
  } catch {
    return [];
  }
}
