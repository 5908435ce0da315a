/**
 * The mounts of a container that has no mount namespace of its own: they do not go with its processes, so it is written
 * down which they are, and they are unmounted when it is deleted.
 *
 * @module
 */
import { MS_PRIVATE } from "../../ffi/constants/mount.ts";
import { MNT_DETACH, UMOUNT_NOFOLLOW } from "../../ffi/constants/umount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_DIRECTORY, O_NOFOLLOW } from "../../ffi/constants/open.ts";
import { ENOENT, ENOTDIR } from "../../ffi/errno.ts";
import { readTextFile } from "../../ffi/files.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { RuntError } from "../error.ts";
import type { Logger } from "../log.ts";
import { plainMountPath } from "../mount_path.ts";
import type { RootOnHost } from "../rootfs/context.ts";
import {
  changeRoot,
  enterRootOnHost,
  isSameMount,
  type MountIdentity,
  prepareRootOnHost,
  queueIdentity,
} from "../rootfs/host_root.ts";
import { O_LOOK } from "../rootfs/safe_path.ts";
import { type HostMounts, prepareState, type StateFile, writeState } from "../state/state_file.ts";

/** More mounts than anybody puts on a container's root. */
const MOST = 1000;

/** The root of a container that is just being made. */
export class HostRoot {
  #mounts: HostMounts | undefined;

  /** @param init how the process is set up */
  constructor(init: string) {
    if (init !== "self") return;
    throw new RuntError("unsupported", "self mode needs a container with a mount namespace", {
      path: "linux.namespaces",
    });
  }

  /**
   * For the steps of the container's process. The mounts are written down before they are where others see them.
   *
   * @param directory of the container's state
   * @param facts what is to be written down when the container is made
   * @param onPrepared told what puts these into their place, now with the mounts
   */
  steps(directory: string, facts: StateFile, onPrepared: (publish: () => void) => void): RootOnHost {
    return {
      prepare: (kernel, config, { root }) => {
        prepareRootOnHost(kernel, config, root, (base, top) => {
          this.#mounts = { path: config.rootfs, ...whereAndWhen(), base, top };
          const more = { ...facts, runt: { ...facts.runt, hostMounts: this.#mounts } };
          // Without a process it is one that is being made.
          writeState(directory, { ...more, init_process_pid: 0, init_process_start: 0 });
          onPrepared(prepareState(directory, more));
        });
      },
      enter: changeRoot,
    };
  }

  /** As {@linkcode unmountRoot}, of what was made. */
  unmount(kernel: Kernel, log: Logger): void {
    unmountRoot(kernel, this.#mounts, log);
  }
}

/** The mount namespace that runt is in, and the boot: ids of mounts start anew with each. */
function whereAndWhen(): Pick<HostMounts, "namespace" | "boot"> {
  return {
    namespace: Deno.readLinkSync("/proc/self/ns/mnt"),
    boot: readTextFile("/proc/sys/kernel/random/boot_id").trim(),
  };
}

/** Has a process that is in the container's namespaces enter its root. */
export function enterRoot(kernel: Kernel, { path, top }: HostMounts): void {
  enterRootOnHost(kernel, path, top);
}

/**
 * Unmounts a container's root, with all that is mounted below and on top of it; what is gone already is fine.
 *
 * Never anything else: what is at its path must be what was written down.
 *
 * @throws {RuntError} when it is there and cannot be reached
 */
export function unmountRoot(kernel: Kernel, mounts: HostMounts | undefined, log: Logger): void {
  if (!mounts) return;
  const { namespace, boot } = whereAndWhen(), { path } = mounts;
  if (boot !== mounts.boot) return;
  if (namespace !== mounts.namespace) {
    log.warn(`the mounts at ${path} are in another mount namespace (${mounts.namespace}), and stay there`);
    return;
  }
  for (let times = 0; times < MOST; times++) {
    const table = parseMountinfo(readTextFile("/proc/self/mountinfo"));
    if (table.get(mounts.base.id)?.path !== path) return;
    const verdict = unmountIfOurs(kernel, mounts, table);
    if (verdict === "another's") return;
    if (verdict === "hidden") break;
  }
  throw new RuntError("kernel", `cannot unmount ${path}: something else is mounted over it`);
}

/** A line of mountinfo. */
interface MountLine {
  readonly parent: number;
  /** Where it is mounted. */
  readonly path: string;
}

/** Mounts by their ids; `proc_pid_mountinfo(5)`. */
export function parseMountinfo(text: string): Map<number, MountLine> {
  const table = new Map<number, MountLine>();
  for (const line of text.split("\n")) {
    const [id, parent, , , path] = line.split(" ");
    if (path === undefined) continue;
    table.set(Number(id), { parent: Number(parent), path: plainMountPath(path) });
  }
  return table;
}

/** Looks at what is at the path, and unmounts it if it is the container's. */
function unmountIfOurs(kernel: Kernel, mounts: HostMounts, table: ReadonlyMap<number, MountLine>) {
  const { path } = mounts, accept = { accept: [ENOENT, ENOTDIR] };
  const fd = kernel.openat(AT_FDCWD, path, O_LOOK | O_DIRECTORY | O_NOFOLLOW, 0, accept);
  kernel.flush();
  if (!fd.ok) return "hidden";
  const identity = queueIdentity(kernel, fd);
  kernel.flush();
  const verdict = judge(identity(), mounts, table);
  if (verdict === "ours") {
    // Hooks and the container may have bound what is shared: to unmount what is below it would do so on the host, too.
    const all = AT_EMPTY_PATH | AT_RECURSIVE;
    kernel.mountSetattr(fd, "", all, { propagation: MS_PRIVATE });
    kernel.umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
  }
  kernel.close(fd);
  kernel.flush();
  return verdict;
}

/**
 * What is at the path, where a mount of base's id is: ours, the container's upon ours, another's that got the id
 * later, or something that hides ours.
 */
export function judge(
  found: MountIdentity,
  { base, top, path }: HostMounts,
  table: ReadonlyMap<number, MountLine>,
): "ours" | "another's" | "hidden" {
  if (isSameMount(found, base) || isSameMount(found, top)) return "ours";
  if (found.id === base.id || found.id === top.id) return "another's";
  // Mounted on our root. One of the two ids may be given again, but hardly both of them, one upon the other.
  for (let id = found.id; id !== top.id;) {
    const line = table.get(id);
    if (line?.path !== path) return "hidden";
    id = line.parent;
  }
  return table.get(top.id)?.parent === base.id ? "ours" : "hidden";
}
