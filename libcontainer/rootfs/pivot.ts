import { MS_REC, MS_SLAVE } from "../../ffi/constants/mount.ts";
import { O_DIRECTORY } from "../../ffi/constants/open.ts";
import { MNT_DETACH } from "../../ffi/constants/umount.ts";
import { AT_FDCWD, type Fd, type Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import type { RootfsContext } from "./context.ts";
import { enterByMove } from "./move_root.ts";
import { rootFd } from "./root.ts";
import { O_LOOK } from "./safe_path.ts";

/**
 * Makes the container's root the root of the process and of its mount namespace; the host's is gone then. Without a
 * mount namespace only that of the process: neither way of changing the other may be tried on the host's.
 */
export function enterRoot(kernel: Kernel, config: Config, { root, onHost }: RootfsContext): void {
  kernel.at({ step: "pivot", what: JSON.stringify(config.rootfs) }, () => {
    if (onHost) onHost.enter(kernel, rootFd(root));
    else if (config.noPivot) enterByMove(kernel, config.rootfs, rootFd(root));
    else pivot(kernel, rootFd(root));
  });
}

/**
 * `pivot_root(".", ".")` puts the old root on top of the new one, from where it is taken away: no directory of the
 * container is needed for it, and no path.
 */
function pivot(kernel: Kernel, root: Fd): void {
  const old = kernel.openat(AT_FDCWD, "/", O_LOOK | O_DIRECTORY);
  kernel.fchdir(root);
  kernel.pivotRoot(".", ".");
  kernel.fchdir(old);
  // Nothing that is unmounted here may be unmounted on the host. Not private: that would keep alive what the host
  // unmounts between now and the next call.
  kernel.mount(null, ".", null, MS_SLAVE | MS_REC, null);
  kernel.umount2(".", MNT_DETACH);
  kernel.close(old);
  kernel.chdir("/");
}
