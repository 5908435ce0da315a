import { MS_PRIVATE, MS_SLAVE } from "../../ffi/constants/mount.ts";
import { O_DIRECTORY } from "../../ffi/constants/open.ts";
import { ENOENT } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { cleanPath } from "../clean_path.ts";
import type { Config } from "../config/config.ts";
import type { RootfsContext } from "./context.ts";
import { makeReadonly } from "./readonly_paths.ts";
import { rootFd } from "./root.ts";
import { componentsOf, makeDirectories, O_LOOK, openInRoot } from "./safe_path.ts";

const DEFAULT_UMASK = 0o022;

/**
 * What is left to do with the root once it is entered: its propagation, the working directory, read-only mounts, a
 * read-only root, the umask.
 */
export function finishRoot(kernel: Kernel, config: Config, { root }: RootfsContext): void {
  const { rootPropagation, readonlyRootfs, process } = config, fd = rootFd(root);
  // Not before: a shared root would have shown the mounts to the host. Private and slave it is already.
  if (rootPropagation !== 0 && !(rootPropagation & (MS_PRIVATE | MS_SLAVE))) {
    kernel.mount(null, "/", null, rootPropagation, null);
  }
  const cwd = componentsOf(cleanPath(process.cwd));
  if (cwd.length) {
    kernel.at({ step: "cwd", path: "process.cwd", what: JSON.stringify(process.cwd) }, () => {
      const found = openInRoot(kernel, fd, cwd.join("/"), O_LOOK | O_DIRECTORY, { accept: [ENOENT] });
      kernel.when(found, "failed", () => void makeDirectories(kernel, fd, cwd));
    });
  }
  for (const mount of root.readonlyLater) makeReadonly(kernel, root, mount);
  if (readonlyRootfs) makeReadonly(kernel, root, fd);
  kernel.umask(process.umask ?? DEFAULT_UMASK);
}
