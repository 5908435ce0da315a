import { MS_REC, MS_SLAVE, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_CLOEXEC } from "../../ffi/constants/open.ts";
import { AT_FDCWD, type Fd, type Kernel, type Named, Out, type Result } from "../../ffi/kernel.ts";
import { STATFS_SIZE } from "../../ffi/structs/statfs.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attach } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { setBindAttributes, setPropagation, setRecursiveAttributes } from "./mount_attributes.ts";
import { checkIsProc } from "./mount_rules.ts";
import type { Root } from "./root.ts";

/** Clones the mount tree at a path of the host, detached so far (`open_tree(2)`). */
export function cloneSource(kernel: Kernel, source: string | Named, recursive: boolean): Result {
  return kernel.openTree(AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC | (recursive ? AT_RECURSIVE : 0));
}

/**
 * Makes a tree that was cloned of the host's a slave, where it stays among the host's mounts: else what is mounted or
 * unmounted below it would be so below its source, too. In a mount namespace of the container's all are slaves already.
 */
export function cutOff(kernel: Kernel, { amongHosts }: Pick<Root, "amongHosts">, tree: Fd): void {
  if (amongHosts) kernel.mountSetattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, { propagation: MS_SLAVE });
}

/** Whether the mounts below the source are bound, too. */
export function isRecursive({ flags }: MountConfig): boolean {
  return (flags & MS_REC) !== 0;
}

/** Binds a path of the host. */
export function mountBind(kernel: Kernel, config: MountConfig, { root, mapIds }: RootfsContext): void {
  const given = root.sources.get(config.at);
  const mount = given ?? cloneSource(kernel, config.source, isRecursive(config));
  cutOff(kernel, root, mount);
  if (given === undefined && config.idMap) {
    // Whoever maps them needs the descriptor itself.
    kernel.flush();
    mapIds?.(config, mount);
  }
  if (config.destination === "/proc") {
    const status = new Out(STATFS_SIZE);
    kernel.fstatfs(mount, status);
    root.checks.push(() => checkIsProc(config, status));
  }
  setBindAttributes(kernel, mount, config);
  setRecursiveAttributes(kernel, mount, config);
  attach(kernel, root, config, mount);
  setPropagation(kernel, mount, config.propagation);
  root.made.push({ config, fd: mount });
}
