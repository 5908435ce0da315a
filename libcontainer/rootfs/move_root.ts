import { MS_MOVE, MS_REC, MS_SLAVE } from "../../ffi/constants/mount.ts";
import { O_CLOEXEC, O_RDONLY } from "../../ffi/constants/open.ts";
import { MNT_DETACH } from "../../ffi/constants/umount.ts";
import { EINVAL, ENOENT, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, Out } from "../../ffi/kernel.ts";
import { plainMountPath } from "../mount_path.ts";

/** Bytes of mountinfo that are read at a time. */
const CHUNK = 0x8000;

/**
 * Enters the root where `pivot_root(2)` cannot (a root that is an initramfs): moves it over `/` and changes the root
 * directory. The host's mounts stay in the namespace, out of sight.
 *
 * The kernel permits a user namespace to mount a new procfs or sysfs only if one is fully visible. The host's are, so
 * all of them are unmounted, or covered where that is not permitted, lest masks in the container be worth nothing.
 */
export function enterByMove(kernel: Kernel, rootfs: string, root: Fd): void {
  for (const path of fullProcMounts(readMountinfo(kernel), rootfs)) {
    // ENOENT: one above it went already.
    const found = kernel.mount(null, path, null, MS_SLAVE | MS_REC, null, { accept: [ENOENT] });
    kernel.when(found, "ok", () => {
      const gone = kernel.umount2(path, MNT_DETACH, { accept: [EINVAL, EPERM] });
      kernel.when(gone, "failed", () => kernel.mount("tmpfs", path, "tmpfs", 0, null));
    });
  }
  kernel.fchdir(root);
  kernel.mount(".", "/", null, MS_MOVE, null);
  kernel.chroot(".");
  kernel.chdir("/");
}

function readMountinfo(kernel: Kernel): string {
  const file = kernel.openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const out = new Out(CHUNK), length = kernel.read(file, out);
    kernel.flush();
    if (length.value === 0) return text;
    text += decoder.decode(out.bytes.subarray(0, length.value), { stream: true });
  }
}

/**
 * Mountpoints of whole procfs and sysfs trees outside the rootfs.
 *
 * @param mountinfo as `proc_pid_mountinfo(5)` has it
 */
export function fullProcMounts(mountinfo: string, rootfs: string): string[] {
  const paths: string[] = [];
  for (const line of mountinfo.split("\n")) {
    const [left = "", right = ""] = line.split(" - "), [, , , root, path = ""] = left.split(" ");
    if (root !== "/" || !/^(proc|sysfs) /.test(right)) continue;
    const plain = plainMountPath(path);
    const isInside = plain.startsWith(rootfs) && /^(\/|$)/.test(plain.slice(rootfs.length));
    if (!isInside) paths.push(plain);
  }
  return paths;
}
