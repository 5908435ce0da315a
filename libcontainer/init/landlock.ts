/**
 * Landlock: what the process and all that come of it may do with files, ports and what is outside. It adds to all else
 * that keeps them, and nobody can take it off.
 *
 * @see landlock(7)
 * @module
 */
import { LANDLOCK_RULE_NET_PORT, LANDLOCK_RULE_PATH_BENEATH } from "../../ffi/constants/landlock.ts";
import { O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../ffi/constants/open.ts";
import { EINVAL, ENOENT, ENOTDIR } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, type Result } from "../../ffi/kernel.ts";
import { encodeLandlockRuleset, encodeNetPort, encodePathBeneath } from "../../ffi/structs/landlock.ts";
import type { LandlockConfig, LandlockPath } from "../config/config.ts";
import { O_LOOK, openInRoot } from "../rootfs/safe_path.ts";
import { FILE_RIGHTS } from "../security/landlock/rights.ts";

const STEP = "landlock";

/**
 * Restricts the process.
 *
 * With the rights of before: they open the paths, of which the user may be kept from some, and without no_new_privs the
 * kernel wants CAP_SYS_ADMIN.
 *
 * @param pathsMayLack for `exec`: what was there when the container was made may be gone, and then there is nothing to
 *   be allowed
 * @throws {KernelError} for a path that is not there, and for what the kernel refuses
 */
export function restrictByLandlock(kernel: Kernel, config: LandlockConfig, pathsMayLack: boolean): void {
  const { paths, ports, flags } = config, attr = encodeLandlockRuleset(config);
  kernel.at({ step: STEP }, () => {
    const ruleset = kernel.call("landlock_create_ruleset", [attr, attr.length, 0]);
    if (paths.length) {
      const root = kernel.openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
      for (const path of paths) allowPath(kernel, ruleset, root, path, pathsMayLack);
      kernel.close(root);
    }
    for (const { port, access, at } of ports) {
      kernel.at({ step: STEP, path: at, what: String(port) }, () => {
        kernel.call("landlock_add_rule", [ruleset, LANDLOCK_RULE_NET_PORT, encodeNetPort(access, port), 0]);
      });
    }
    kernel.call("landlock_restrict_self", [ruleset, flags]);
    kernel.close(ruleset);
  });
  // Before the limits are set: of files there may be few.
  kernel.flush();
}

function allowPath(
  kernel: Kernel,
  ruleset: Result,
  root: Fd,
  { path, access, at }: LandlockPath,
  mayLack: boolean,
): void {
  kernel.at({ step: STEP, path: at, what: JSON.stringify(path) }, () => {
    const accept = mayLack ? [ENOENT, ENOTDIR] : [];
    const opened = openInRoot(kernel, root, path, O_LOOK, { accept });
    const allow = () => {
      const add = (access: number, accept: number[] = []) =>
        kernel.call(
          "landlock_add_rule",
          [ruleset, LANDLOCK_RULE_PATH_BENEATH, encodePathBeneath(access, opened), 0],
          { accept },
        );
      // Some rights are of directories alone, and the kernel does not take them for anything else.
      const added = add(access, [EINVAL]), forFiles = access & FILE_RIGHTS;
      if (forFiles) kernel.when(added, "failed", () => add(forFiles));
      kernel.close(opened);
    };
    if (mayLack) kernel.when(opened, "ok", allow);
    else allow();
  });
}
