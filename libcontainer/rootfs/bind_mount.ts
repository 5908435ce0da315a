import { MS_REC, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_RECURSIVE, O_CLOEXEC } from "../../ffi/constants/open.ts";
import { AT_FDCWD, type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import { STATFS_SIZE } from "../../ffi/structs/statfs.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attach } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { setBindAttributes, setPropagation, setRecursiveAttributes } from "./mount_attributes.ts";
import { checkIsProc } from "./mount_rules.ts";

/** Clones the mount tree at a path of the host, detached so far (`open_tree(2)`). */
export function cloneSource(kernel: Kernel, source: string, recursive: boolean): Result {
  return kernel.openTree(AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC | (recursive ? AT_RECURSIVE : 0));
}

/** Whether the mounts below the source are bound, too. */
export function isRecursive({ flags }: MountConfig): boolean {
  return (flags & MS_REC) !== 0;
}

/** Binds a path of the host. */
export function mountBind(kernel: Kernel, config: MountConfig, { root }: RootfsContext): void {
  const mount = root.sources.get(config.at) ?? cloneSource(kernel, config.source, isRecursive(config));
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
