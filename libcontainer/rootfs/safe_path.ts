/**
 * Paths inside the container. The rootfs is hostile: links in it may lead anywhere, and others may change it while we
 * look. So a path is opened by one call that cannot leave the root, used by its descriptor, and never looked at
 * twice. There is no function here that returns a path.
 *
 * @module
 */
import {
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
} from "../../ffi/constants/open.ts";
import { EEXIST } from "../../ffi/errno.ts";
import type { CallOptions, Fd, Kernel, Result } from "../../ffi/kernel.ts";

/** Opens without being able to read or write. */
export const O_LOOK = O_PATH | O_CLOEXEC;

/** The components of a clean absolute path. */
export function componentsOf(path: string): string[] {
  return path === "/" ? [] : path.slice(1).split("/");
}

/**
 * Opens a path in the container as a process there would: links are followed, and stay inside (`openat2(2)`).
 *
 * @param path absolute, or relative to the root
 */
export function openInRoot(
  kernel: Kernel,
  root: Fd,
  path: string,
  flags = O_LOOK,
  options?: CallOptions,
): Result {
  const how = { flags, resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
  return kernel.openat2(root, path.replace(/^\/+/, "") || ".", how, options);
}

/**
 * Opens a path on which no link may lie: one is an error (`ELOOP`), wherever it leads.
 *
 * @param directory what the path is below
 */
export function openWithoutLinks(
  kernel: Kernel,
  directory: Fd,
  path: string,
  flags = O_LOOK,
  options?: CallOptions,
): Result {
  const resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  return kernel.openat2(directory, path.replace(/^\/+/, "") || ".", { flags, resolve }, options);
}

/**
 * Makes a directory and those above it, as far as they are missing, component by component below descriptors; opens
 * it. Mode 0755, owner the container's root.
 *
 * A link on the way is followed inside the root. One that leads nowhere fails (`ENOENT`); see `dangling_link.ts`.
 */
export function makeDirectories(kernel: Kernel, root: Fd, components: readonly string[]): Fd {
  let directory = root, path = "";
  for (const name of components) {
    kernel.mkdirat(directory, name, 0o755, { accept: [EEXIST] });
    path += `/${name}`;
    directory = openInRoot(kernel, root, path, O_LOOK | O_DIRECTORY);
  }
  return directory;
}
