import { MS_PRIVATE, MS_REC, MS_SLAVE, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_CLOEXEC, O_DIRECTORY } from "../../ffi/constants/open.ts";
import { EINVAL } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import type { RootfsContext } from "./context.ts";
import { attachTo } from "./attach.ts";
import { O_LOOK } from "./safe_path.ts";

/**
 * Makes the root directory a mount of its own, in a mount tree that nothing of leaks to the host.
 *
 * The umask is put to 0: modes of what is made from here on are meant as they are; `finishRoot` sets the container's.
 */
export function prepareRoot(kernel: Kernel, config: Config, { root }: RootfsContext): void {
  const { rootfs, rootPropagation } = config, propagation = rootPropagation || MS_SLAVE | MS_REC;
  kernel.at({ step: "rootfs", path: "root.path", what: JSON.stringify(rootfs) }, () => {
    kernel.umask(0);
    kernel.mount(null, "/", null, propagation, null);
    const directory = kernel.openat(AT_FDCWD, rootfs, O_LOOK | O_DIRECTORY);
    const isolated = propagation & MS_REC && propagation & (MS_SLAVE | MS_PRIVATE);
    if (!isolated) unshareParent(kernel, rootfs, propagation & MS_SLAVE ? MS_SLAVE : MS_PRIVATE);
    const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE;
    root.fd = kernel.openTree(directory, "", flags);
    attachTo(kernel, root.fd, directory);
  });
}

/**
 * The mount that the rootfs is on must not be shared: the bind mount would show up on the host, and `pivot_root(2)`
 * refuses. Which mount that is, is found by trying, from the rootfs upwards: `EINVAL` is no mount.
 */
function unshareParent(kernel: Kernel, path: string, type: number): void {
  const isTop = path === "/";
  const tried = kernel.mount(null, path, null, type, null, { accept: isTop ? [] : [EINVAL] });
  if (!isTop) {
    kernel.when(tried, "failed", () => unshareParent(kernel, path.replace(/\/[^/]*$/, "") || "/", type));
  }
}
