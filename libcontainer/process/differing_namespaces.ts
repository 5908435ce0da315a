import * as clone from "../../ffi/constants/clone.ts";

const FILES: readonly (readonly [file: string, flag: number])[] = [
  ["user", clone.CLONE_NEWUSER],
  ["mnt", clone.CLONE_NEWNS],
  ["uts", clone.CLONE_NEWUTS],
  ["ipc", clone.CLONE_NEWIPC],
  ["net", clone.CLONE_NEWNET],
  ["pid", clone.CLONE_NEWPID],
  ["cgroup", clone.CLONE_NEWCGROUP],
  ["time", clone.CLONE_NEWTIME],
];

/**
 * The namespaces in which a process is and runt is not, as `CLONE_NEW*` flags: all that it takes to join it. To join
 * again what one is in already takes rights over it (`setns(2)`), which over the host's only the host's root has.
 *
 * @param pid the process
 * @param links reads a link; unreadable ones count as differing
 */
export function differingNamespaces(
  pid: number,
  links: (path: string) => string = Deno.readLinkSync,
): number {
  let flags = 0;
  for (const [file, flag] of FILES) {
    let differs = true;
    try {
      const own = links(`/proc/self/ns/${file}`);
      differs = links(`/proc/${pid}/ns/${file}`) !== own;
    } catch (error) {
      // A kernel without them.
      if (error instanceof Deno.errors.NotFound) differs = false;
    }
    if (differs) flags |= flag;
  }
  return flags;
}
