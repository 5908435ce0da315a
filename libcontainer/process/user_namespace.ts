import { CLONE_NEWUSER } from "../../ffi/constants/clone.ts";
import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { AT_FDCWD } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { spawn } from "../../ffi/spawn.ts";
import type { IdMapping } from "../config/config.ts";
import { writeIdMaps } from "../security/id_maps.ts";
import { FIRST_PRESERVED } from "./preserved_fds.ts";
import { killAndReap } from "./wait.ts";

/**
 * Makes a user namespace with nobody in it: a process makes it, and is gone when its maps are written.
 *
 * @returns a descriptor that keeps it
 * @throws {RuntError} for mappings that the kernel refuses
 */
export function makeUserNamespace(
  native: Native,
  local: LocalKernel,
  maps: { readonly uidMappings: readonly IdMapping[]; readonly gidMappings: readonly IdMapping[] },
): number {
  let pidfd: number | undefined;
  try {
    const { pid, kernel } = spawn(native, local, {
      namespaces: CLONE_NEWUSER,
      argv: ["runt userns"],
      onSpawn: (made) => pidfd = made,
      firstFreeFd: FIRST_PRESERVED,
    });
    try {
      writeIdMaps(pid, maps, false);
      return local.openat(AT_FDCWD, `/proc/${pid}/ns/user`, O_CLOEXEC).value;
    } finally {
      local.close(kernel.control);
    }
  } finally {
    if (pidfd !== undefined) {
      killAndReap(local, pidfd);
      local.close(pidfd);
    }
  }
}
