import type { Fd, Kernel } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";

/**
 * `mount(2)`, which knows paths only: what a descriptor is open on has one below /proc. To be used while /proc is
 * the host's.
 *
 * @param target what to mount on, or the root of the mount to change
 */
export function mountByPath(kernel: Kernel, config: MountConfig, target: Fd): void {
  const { source, type, flags, data } = config;
  kernel.flush();
  const fd = typeof target === "number" ? target : target.value;
  kernel.mount(source, `/proc/self/fd/${fd}`, type, flags, data);
}
