import { MS_BIND } from "../../ffi/constants/mount.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";
import type { RootfsContext } from "./context.ts";
import { mountOn } from "./mount_by_path.ts";
import { setBindAttributes, setPropagation, setRecursiveAttributes } from "./mount_attributes.ts";
import { rootFd } from "./root.ts";
import { openInRoot } from "./safe_path.ts";

/** Changes a mount that an earlier one made, or that the rootfs came with (`remount` among the options). */
export function remount(kernel: Kernel, config: MountConfig, { root }: RootfsContext): void {
  const target = openInRoot(kernel, rootFd(root), config.destination);
  if (config.flags & MS_BIND) setBindAttributes(kernel, target, config);
  else mountOn(kernel, root, target, config.source, config.type, config.flags, config.data);
  setRecursiveAttributes(kernel, target, config);
  setPropagation(kernel, target, config.propagation);
}
