/**
 * A copy of runt's own executable that nothing can write to, for self mode: a container that gets hold of
 * `/proc/<pid>/exe` finds this (CVE-2019-5736).
 *
 * @module
 */
import { F_ADD_SEALS, F_GET_SEALS, MFD_ALLOW_SEALING, MFD_EXEC } from "../../ffi/constants/fcntl.ts";
import {
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
} from "../../ffi/constants/mount.ts";
import { O_CLOEXEC, O_NOFOLLOW, O_PATH } from "../../ffi/constants/open.ts";
import { EINVAL } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import { ALL_SEALS, createMemfd } from "../../ffi/memfd.ts";
import { RuntError } from "../error.ts";
import type { Logger } from "../log.ts";

const SELF = "/proc/self/exe";

/**
 * Opens the copy: a read-only overlay over the directory of the executable, which costs no memory, or else a sealed
 * memfd, which takes as much as the executable is large.
 *
 * @param directory one that exists and holds no file of the executable's name: an overlay needs two
 * @returns a descriptor for `execveat(2)` that is not closed on exec
 */
export function openSealedExecutable(kernel: Kernel, directory: string, log: Logger): number {
  // From sources the executable is Deno, which would take "init" for a command of its own.
  if (!readStartFacts() && !Deno.build.standalone) {
    throw new RuntError("unsupported", "self mode needs runt's own executable", {
      hint: "Build it: `deno task build`",
    });
  }
  if (isSealed(kernel)) return kernel.openat(AT_FDCWD, SELF, 0).value;
  try {
    return openThroughOverlay(kernel, directory);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    log.debug(`cannot use an overlay for ${SELF}, making a copy in memory: ${error.message}`);
    return copyToMemory(kernel);
  }
}

function isSealed(kernel: Kernel): boolean {
  const self = kernel.openat(AT_FDCWD, SELF, O_CLOEXEC);
  const seals = kernel.fcntl(self, F_GET_SEALS, 0, { accept: [EINVAL] });
  kernel.close(self);
  return seals.value === ALL_SEALS;
}

function openThroughOverlay(kernel: Kernel, directory: string): number {
  const real = Deno.readLinkSync(SELF), slash = real.lastIndexOf("/");
  // A colon parts the directories, a backslash escapes it (overlayfs.rst).
  const escape = (path: string) => path.replace(/[\\:]/g, "\\$&");
  const fs = kernel.fsopen("overlay", FSOPEN_CLOEXEC);
  try {
    // The executable's directory is on top, so that nothing in the other can take its place.
    kernel.fsconfigString(fs, "lowerdir", `${escape(real.slice(0, slash) || "/")}:${escape(directory)}`);
    kernel.fsconfigString(fs, "xino", "off", { accept: "any" });
    kernel.fsconfigCreate(fs);
    const mount = kernel.fsmount(
      fs,
      FSMOUNT_CLOEXEC,
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
    );
    try {
      return kernel.openat(mount, real.slice(slash + 1), O_PATH | O_NOFOLLOW).value;
    } finally {
      kernel.close(mount);
    }
  } finally {
    kernel.close(fs);
  }
}

function copyToMemory(kernel: Kernel): number {
  const copy = createMemfd(kernel, "runt", MFD_ALLOW_SEALING, MFD_EXEC);
  const self = kernel.openat(AT_FDCWD, SELF, O_CLOEXEC);
  while (kernel.call("sendfile", [copy, self, 0, 0x7ffff000]).value > 0) { /* until the end of the file */ }
  kernel.close(self);
  kernel.fcntl(copy, F_ADD_SEALS, ALL_SEALS);
  return copy;
}
