import { MS_BIND, MS_PRIVATE, MS_REC, MS_SLAVE, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_CLOEXEC, O_DIRECTORY } from "../../ffi/constants/open.ts";
import { EINVAL, ENOSYS, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { Config } from "../config/config.ts";
import type { RootfsContext } from "./context.ts";
import { attachTo } from "./attach.ts";
import { mountOn, openHostProc } from "./mount_by_path.ts";
import { newRoot } from "./root.ts";
import { O_LOOK } from "./safe_path.ts";

/** Flags that no call has. */
const INVALID = 0xffffffff;

/**
 * Makes the root directory a mount of its own, in a mount tree that nothing of leaks to the host.
 *
 * The umask is put to 0: modes of what is made from here on are meant as they are; `finishRoot` sets the container's.
 */
export function prepareRoot(
  kernel: Kernel,
  config: Config,
  { root, onHost }: Pick<RootfsContext, "root" | "onHost">,
): void {
  if (onHost) return onHost.prepare(kernel, config, { root });
  const { rootfs, rootPropagation } = config, propagation = rootPropagation || MS_SLAVE | MS_REC;
  kernel.at({ step: "rootfs", path: "root.path", what: JSON.stringify(rootfs) }, () => {
    if (root.mountsByPath) root.hostProc = openHostProc(kernel);
    // An invalid call, to see whether there is such a call, before anything was done that could not be done again.
    else kernel.mountSetattr(-1, "", INVALID, {}, { accept: [EINVAL] });
    kernel.umask(0);
    kernel.mount(null, "/", null, propagation, null);
    const directory = kernel.openat(AT_FDCWD, rootfs, O_LOOK | O_DIRECTORY);
    const isolated = propagation & MS_REC && propagation & (MS_SLAVE | MS_PRIVATE);
    if (!isolated) unshareParent(kernel, rootfs, propagation & MS_SLAVE ? MS_SLAVE : MS_PRIVATE);
    if (root.mountsByPath) {
      mountOn(kernel, root, directory, directory, null, MS_BIND | MS_REC);
      root.fd = kernel.openat(AT_FDCWD, rootfs, O_LOOK | O_DIRECTORY);
      return;
    }
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

/**
 * Starts anew without the mount API of Linux 5.12, if an error says that the kernel lacks it (or a filter of system
 * calls hides it).
 *
 * @returns whether it did
 */
export function prepareAnew(
  kernel: Kernel,
  config: Config,
  { root, log, onHost }: RootfsContext,
  error: unknown,
): boolean {
  const isMissing = error instanceof KernelError && error.syscall === "mount_setattr" &&
    error.where.step === "rootfs" && (error.errno === ENOSYS || error.errno === EPERM);
  // Among the host's mounts nothing is begun before it is there.
  if (!isMissing || root.mountsByPath || onHost) return false;
  log.debug("mount_setattr(2) is missing: mounting by paths");
  Object.assign(root, newRoot(), { mountsByPath: true });
  prepareRoot(kernel, config, { root });
  return true;
}
