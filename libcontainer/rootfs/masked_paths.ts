import { MS_BIND, MS_RDONLY, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, O_CLOEXEC, O_DIRECTORY } from "../../ffi/constants/open.ts";
import { ENOENT, ENOTDIR } from "../../ffi/errno.ts";
import type { Fd, Kernel, Result } from "../../ffi/kernel.ts";
import { cleanPath } from "../clean_path.ts";
import type { Config } from "../config/config.ts";
import { attachTo } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { type DevNull, lookAtDevNull, reopenStreams } from "./dev_null.ts";
import { isDevOurs } from "./devices.ts";
import { makeFilesystem, mountFilesystem } from "./filesystem.ts";
import { mountOn, withContext } from "./mount_by_path.ts";
import { type Root, rootFd, settle } from "./root.ts";
import { O_LOOK, openInRoot } from "./safe_path.ts";

/**
 * Hides paths: directories below an empty read-only tmpfs, all others below the container's `/dev/null`; those that
 * are not there are left out. Standard streams on the host's `/dev/null` are put on the container's on the way.
 *
 * Has everything made that was queued so far, and judges it.
 */
export function maskPaths(kernel: Kernel, config: Config, context: RootfsContext): void {
  const { root } = context, fd = rootFd(root);
  const paths = [...new Set(config.maskedPaths.map(cleanPath))];
  const streams = isDevOurs(config) ? (context.stdio ?? []).filter(({ isDevNull }) => isDevNull) : [];
  const directories = paths.map((path) =>
    atPath(kernel, path, () => {
      return openInRoot(kernel, fd, path, O_LOOK | O_DIRECTORY, { accept: [ENOENT, ENOTDIR] });
    })
  );
  const devNull = paths.length || streams.length ? lookAtDevNull(kernel, fd, streams.length > 0) : undefined;
  settle(kernel, root);
  if (!devNull) return;
  if (streams.length) reopenStreams(kernel, devNull, streams);
  let empty: Fd | undefined;
  paths.forEach((path, index) => {
    const directory = directories[index]!;
    atPath(kernel, path, () => {
      if (root.mountsByPath) maskByPath(kernel, root, path, directory, devNull, config.mountLabel);
      else if (directory.ok) empty = maskDirectory(kernel, directory, empty, config.mountLabel);
      else if (directory.errno === ENOTDIR) {
        const target = openInRoot(kernel, fd, path, undefined, { accept: [ENOENT] });
        kernel.when(target, "ok", () => attachTo(kernel, clone(kernel, devNull.verified()), target));
      }
    });
  });
}

/** @param empty the tmpfs that masks another directory already, if there is one */
function maskDirectory(kernel: Kernel, directory: Fd, empty: Fd | undefined, label: string | undefined): Fd {
  if (empty !== undefined) {
    // One tmpfs for all: each would have to be torn down when the container ends.
    attachTo(kernel, clone(kernel, empty), directory);
    return empty;
  }
  const tmpfs = {
    type: "tmpfs",
    source: "tmpfs",
    flags: MS_RDONLY,
    data: "",
    ...(label && { context: label }),
  };
  const mount = mountFilesystem(kernel, makeFilesystem(kernel, tmpfs), MS_RDONLY);
  attachTo(kernel, mount, directory);
  return mount;
}

function maskByPath(
  kernel: Kernel,
  root: Root,
  path: string,
  directory: Result,
  devNull: DevNull,
  label: string | undefined,
): void {
  if (directory.ok) mountOn(kernel, root, directory, "tmpfs", "tmpfs", MS_RDONLY, withContext("", label));
  else if (directory.errno === ENOTDIR) {
    const target = openInRoot(kernel, rootFd(root), path);
    mountOn(kernel, root, target, devNull.verified(), null, MS_BIND);
  }
}

function clone(kernel: Kernel, mount: Fd): Result {
  return kernel.openTree(mount, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
}

function atPath<T>(kernel: Kernel, path: string, body: () => T): T {
  return kernel.at({ step: "masks", path: "linux.maskedPaths", what: JSON.stringify(path) }, body);
}
