/**
 * The runtimes that are measured, and where each is at home.
 *
 * @module
 */
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { findProgram } from "../support/tools.ts";

/** A runtime's executable. */
export interface ContainerRuntime {
  readonly name: string;
  readonly program: string;
  /** Runs `body` where the runtime can work. */
  inside<T>(body: () => T): T;
}

const CLONE_FS = 0x200, CLONE_NEWNS = 0x20000;
const MS_REC = 0x4000, MS_PRIVATE = 0x40000;
const MNT_DETACH = 2;
const O_RDONLY_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
/** Where systemd mounts an empty cgroup v2 on hosts that use cgroup v1. */
const UNIFIED = "/sys/fs/cgroup/unified";

/** runt, and of runc and crun those that are installed. */
export function findRuntimes(runt: string): ContainerRuntime[] {
  const here = <T>(body: () => T) => body();
  const runtimes: ContainerRuntime[] = [{ name: "runt", program: runt, inside: here }];
  const runc = findProgram("runc"), crun = findProgram("crun");
  if (runc) runtimes.push({ name: "runc", program: runc, inside: here });
  if (crun) runtimes.push({ name: "crun", program: crun, inside: isHybrid() ? hideUnified() : here });
  return runtimes;
}

function isHybrid(): boolean {
  try {
    return Deno.statSync(`${UNIFIED}/cgroup.procs`).isFile;
  } catch {
    return false;
  }
}

/**
 * crun refuses hosts with both kinds of cgroups. It sees none of the second kind in a mount namespace of its own; this
 * thread, and with it what it starts, changes between that one and the host's, outside of all measurement.
 */
function hideUnified(): <T>(body: () => T) => T {
  const kernel = new LocalKernel(openNative());
  const open = () => kernel.openat(AT_FDCWD, "/proc/thread-self/ns/mnt", O_RDONLY_CLOEXEC).value;
  const directory = Deno.cwd();
  // A thread can change its mount namespace only when it shares its directories with no other: mount_namespaces(7).
  kernel.unshare(CLONE_FS);
  const host = open();
  kernel.unshare(CLONE_NEWNS);
  // Before anything is unmounted: or it would be gone from the host, too.
  kernel.mount("none", "/", null, MS_REC | MS_PRIVATE, null);
  kernel.umount2(UNIFIED, MNT_DETACH);
  const own = open();
  const enter = (fd: number) => {
    kernel.setns(fd, CLONE_NEWNS);
    kernel.chdir(directory);
  };
  enter(host);
  return (body) => {
    enter(own);
    try {
      return body();
    } finally {
      enter(host);
    }
  };
}
