import { MOUNT_ATTR_RDONLY, MS_BIND, MS_REC, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_CLOEXEC } from "../../ffi/constants/open.ts";
import { ENOENT } from "../../ffi/errno.ts";
import type { Fd, Kernel, Result } from "../../ffi/kernel.ts";
import { cleanPath } from "../clean_path.ts";
import type { Config } from "../config/config.ts";
import { attachTo } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { mountOn, remountReadonly } from "./mount_by_path.ts";
import { type Root, rootFd } from "./root.ts";
import { openInRoot } from "./safe_path.ts";

/**
 * Makes paths read-only by a bind mount of each on itself; those that are not there are left out. The root is made so
 * itself: what is mounted on it, a process whose root it is does not see.
 */
export function makePathsReadonly(kernel: Kernel, { readonlyPaths }: Config, { root }: RootfsContext): void {
  for (const path of readonlyPaths) {
    // Nothing has that name, as mount(2) has it under runc.
    if (path === "") continue;
    kernel.at({ step: "readonly", path: "linux.readonlyPaths", what: JSON.stringify(path) }, () => {
      if (cleanPath(path) === "/") return makeReadonly(kernel, root, rootFd(root));
      const target = openInRoot(kernel, rootFd(root), path, undefined, { accept: [ENOENT] });
      if (root.mountsByPath) return bindReadonly(kernel, root, path, target);
      kernel.when(target, "ok", () => {
        const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE;
        const mount = kernel.openTree(target, "", flags);
        kernel.mountSetattr(mount, "", AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY });
        attachTo(kernel, mount, target);
      });
    });
  }
}

function bindReadonly(kernel: Kernel, root: Root, path: string, target: Result): void {
  kernel.flush();
  if (!target.ok) return;
  mountOn(kernel, root, target, target, null, MS_BIND | MS_REC);
  remountReadonly(kernel, root, openInRoot(kernel, rootFd(root), path));
}

/** Makes a mount read-only; its other attributes stay. */
export function makeReadonly(kernel: Kernel, root: Root, mount: Fd): void {
  if (root.mountsByPath) remountReadonly(kernel, root, mount);
  else kernel.mountSetattr(mount, "", AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY });
}
