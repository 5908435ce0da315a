import { MS_RDONLY } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH } from "../../ffi/constants/open.ts";
import { STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attach } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { copyTree } from "./copy_tree.ts";
import { makeFilesystem, mountFilesystem } from "./filesystem.ts";
import { setPropagation } from "./mount_attributes.ts";
import { type Root, rootFd } from "./root.ts";
import { openInRoot } from "./safe_path.ts";

/** Mounts a tmpfs; one that shall be read-only is writable until everything is in place. */
export function mountTmpfs(kernel: Kernel, config: MountConfig, { root }: RootfsContext): void {
  let { data } = config, target: Result | undefined;
  if (config.copyUp || !/(^|,)mode=/.test(data)) {
    const found = lookAtTarget(kernel, root, config.destination);
    target = found?.target;
    if (found) data = `mode=${found.mode.toString(8).padStart(4, "0")}${data && `,${data}`}`;
  }
  const flags = config.flags & ~MS_RDONLY;
  const mount = mountFilesystem(kernel, makeFilesystem(kernel, { ...config, data, flags }), flags);
  if (config.copyUp && target) copyTree(kernel, target, mount);
  attach(kernel, root, config, mount);
  setPropagation(kernel, mount, config.propagation);
  if (config.flags & MS_RDONLY) root.readonlyLater.push(mount);
  root.made.push({ config, fd: mount });
}

/** The directory that a tmpfs will cover, and its mode, which the tmpfs takes on. Undefined: there is none. */
function lookAtTarget(
  kernel: Kernel,
  root: Root,
  destination: string,
): { target: Result; mode: number } | undefined {
  const target = openInRoot(kernel, rootFd(root), destination, undefined, { accept: [ENOENT] });
  const status = new Out(STATX_SIZE);
  kernel.when(target, "ok", () => {
    kernel.statx(target, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
  });
  kernel.flush();
  return target.ok ? { target, mode: decodeStatx(status).mode & 0o7777 } : undefined;
}
