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
  const { data, covered } = lookAtCovered(kernel, root, config);
  const flags = config.flags & ~MS_RDONLY;
  const mount = mountFilesystem(kernel, makeFilesystem(kernel, { ...config, data, flags }), flags);
  if (config.copyUp && covered) copyTree(kernel, covered, mount);
  attach(kernel, root, config, mount);
  setPropagation(kernel, mount, config.propagation);
  if (config.flags & MS_RDONLY) root.readonlyLater.push(mount);
  root.made.push({ config, fd: mount });
}

/**
 * Looks at the directory that a tmpfs will cover, if there is one: its mode is that of the tmpfs, unless the options
 * have another. Asks nothing where it does not matter.
 *
 * @returns the options, and the directory
 */
export function lookAtCovered(
  kernel: Kernel,
  root: Root,
  { data, copyUp, destination }: MountConfig,
): { data: string; covered: Result | undefined } {
  if (!copyUp && /(^|,)mode=/.test(data)) return { data, covered: undefined };
  const covered = openInRoot(kernel, rootFd(root), destination, undefined, { accept: [ENOENT] });
  const status = new Out(STATX_SIZE);
  kernel.when(covered, "ok", () => {
    kernel.statx(covered, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
  });
  kernel.flush();
  if (!covered.ok) return { data, covered: undefined };
  const mode = (decodeStatx(status).mode & 0o7777).toString(8).padStart(4, "0");
  return { data: `mode=${mode}${data && `,${data}`}`, covered };
}
