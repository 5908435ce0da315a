/**
 * The owner of a container's cgroup: where the container has its cgroup to itself and may write to it, the cgroup is its
 * user's, who could do nothing with it otherwise. A slice of its own in the executable.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#cgroup-ownership
 * @see cgroups(7), "Cgroup delegation"
 * @module
 */
import { ENOENT } from "../../ffi/errno.ts";
import { systemError } from "../cgroups/cgroup_file.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { hostIdOf } from "../security/id_maps.ts";

/** Where the kernel lists the files that go with the directory. */
const DELEGATE = "/sys/kernel/cgroup/delegate";
/** Those of kernels without that list (before Linux 4.15). */
const FILES = ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];

/**
 * Gives a cgroup of v2 to the user whom the container's process runs as. One who is not mapped gets nothing.
 *
 * @param directory the cgroup's, on the host
 * @param pid the container's process, in its user namespace
 * @param forgiving whether the caller may lack the right to
 * @throws {RuntError} when it cannot be done
 */
export function giveCgroup(
  directory: string,
  { namespaces, process: { uid } }: Pick<Config, "namespaces" | "process">,
  pid: number,
  forgiving: boolean,
): void {
  const isMapped = namespaces.some(({ type }) => type === "user");
  const owner = isMapped ? hostIdOf(pid, "uid", uid) : uid;
  if (owner === undefined) return;
  for (const path of [directory, ...delegatedFiles().map((file) => `${directory}/${file}`)]) {
    try {
      Deno.chownSync(path, owner, null);
    } catch (cause) {
      const { errno, text } = systemError(cause);
      // Not all files are in every cgroup.
      if (errno === ENOENT && path !== directory || forgiving) continue;
      const message = `unable to apply cgroup configuration: chown ${path}: ${text}`;
      throw new RuntError("kernel", message, { path: "linux.cgroupsPath", cause });
    }
  }
}

function delegatedFiles(): string[] {
  try {
    return Deno.readTextFileSync(DELEGATE).split("\n").filter(Boolean);
  } catch {
    return FILES;
  }
}
