/**
 * What can be found of a container whose facts cannot be read: a damaged `state.json`, that of another runtime, or none.
 *
 * Nothing is killed that may be somebody else's. What belongs to the container is known by what is left of its facts
 * (the init by its pid and its start time, the cgroups by their paths), and by its FIFO, which its process holds open.
 *
 * @module
 */
import { SIGKILL } from "../../ffi/constants/signal.ts";
import { ESRCH } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { type CgroupManager, type CgroupRequest, openCgroupManager } from "../cgroups/manager.ts";
import { signalProcesses } from "../cgroups/signal_processes.ts";
import { Host } from "../host/facts.ts";
import { isAlive, NO_PROCESS } from "../process/process_stat.ts";
import { execFifoPath } from "../state/exec_fifo.ts";
import { type HostMounts, STATE_FILE } from "../state/state_file.ts";
import { unmountRoot } from "./host_root.ts";
import type { RuntimeOptions } from "./options.ts";

/** What is left of the facts. */
export interface Remains {
  readonly pid: number;
  readonly startTime: number;
  /** Directories by controller. */
  readonly cgroupPaths: Readonly<Record<string, string>>;
  readonly hostMounts?: HostMounts;
}

/**
 * Ends what can be found of a container and removes its cgroups. Its state directory is left to the caller, who has
 * its lock.
 */
export function salvage(kernel: Kernel, runtime: RuntimeOptions, id: string, directory: string): void {
  const { pid, startTime, cgroupPaths, hostMounts } = readRemains(directory), host = new Host();
  const held = holdersOf(execFifoPath(directory));
  if (isAlive(pid, startTime)) held.add(pid);
  for (const holder of held) kill(kernel, holder);
  unmountRoot(kernel, hostMounts, runtime.log);
  const request = { id, path: "", systemd: false, rootless: false };
  if (Object.keys(cgroupPaths).length > 0) {
    const cgroup = openCgroupManager(request, host, cgroupPaths);
    signalProcesses(kernel, cgroup, SIGKILL);
    return cgroup.remove();
  }
  // Where it would be by its name. With processes in it that were not found above, it may be another's of that name.
  const cgroup = atUsualPlace(request, host);
  if (!cgroup?.exists()) return;
  const strangers = cgroup.pids(true).filter((member) => !held.has(member));
  if (strangers.length === 0) return cgroup.remove();
  runtime.log.warn(`cgroup of container ${id} is left: processes ${strangers.join(", ")} may be another's`);
}

function atUsualPlace(request: CgroupRequest, host: Host): CgroupManager | undefined {
  try {
    return openCgroupManager(request, host);
  } catch {
    return undefined; // no place for one on this host
  }
}

/** Reads what is left of the facts, be the rest what it may. */
export function readRemains(directory: string): Remains {
  let text = "";
  try {
    text = Deno.readTextFileSync(`${directory}/${STATE_FILE}`);
  } catch { /* there is none */ }
  const number = (name: string) => Number(new RegExp(`"${name}":\\s*(\\d+)\\s*[,}]`).exec(text)?.[1] ?? 0);
  const hostMounts = hostMountsIn(text);
  return {
    pid: number("init_process_pid"),
    startTime: number("init_process_start"),
    cgroupPaths: cgroupPathsIn(text),
    ...(hostMounts && { hostMounts }),
  };
}

/** `"cgroup_paths":{…}`, if it is whole and each is a cgroup that a container can have. */
function cgroupPathsIn(text: string): Record<string, string> {
  const object = /"cgroup_paths":\s*(\{[^{}]*\})/.exec(text)?.[1];
  try {
    const paths: Record<string, unknown> = JSON.parse(object ?? "{}");
    const good = Object.values(paths).every((path) => typeof path === "string" && isBelowHierarchy(path));
    return good ? paths as Record<string, string> : {};
  } catch {
    return {};
  }
}

/** `"hostMounts":{…}`, if it is whole; whether there are such mounts is looked at when they are unmounted. */
function hostMountsIn(text: string): HostMounts | undefined {
  const object = /"hostMounts":\s*(\{(?:[^{}]|\{[^{}]*\})*\})/.exec(text)?.[1];
  try {
    const { path, namespace, boot, base, top } = JSON.parse(object ?? "") as HostMounts;
    const good = path.startsWith("/") && [base, top].every(({ id, unique }) => id > 0 && unique >= 0);
    return good ? { path, namespace, boot, base, top } : undefined;
  } catch {
    return undefined;
  }
}

/** Deeper than any hierarchy's root. */
function isBelowHierarchy(path: string): boolean {
  return /^\/sys\/fs\/cgroup(\/[^/]+){1,}$/.test(path) && !path.split("/").some((part) => part === "..") &&
    !isMountpoint(path);
}

function isMountpoint(path: string): boolean {
  const above = path.slice(0, path.lastIndexOf("/"));
  try {
    return Deno.statSync(path).dev !== Deno.statSync(above).dev;
  } catch {
    return false; // it is gone
  }
}

/** The processes that have a FIFO open: one that waits for `start` has. */
function holdersOf(fifo: string): Set<number> {
  const found = new Set<number>();
  let wanted: Deno.FileInfo;
  try {
    wanted = Deno.lstatSync(fifo);
  } catch {
    return found;
  }
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid) && pid !== Deno.pid && holds(`/proc/${pid}/fd`, wanted)) found.add(pid);
  }
  return found;
}

function holds(descriptors: string, { dev, ino }: Deno.FileInfo): boolean {
  try {
    for (const { name } of Deno.readDirSync(descriptors)) {
      const file = stat(`${descriptors}/${name}`);
      if (file?.dev === dev && file.ino === ino) return true;
    }
  } catch { /* it has ended */ }
  return false;
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

function kill(kernel: Kernel, pid: number): void {
  const pidfd = kernel.pidfdOpen(pid, 0, { accept: NO_PROCESS });
  kernel.flush();
  if (!pidfd.ok) return;
  kernel.pidfdSendSignal(pidfd, SIGKILL, { accept: [ESRCH] });
  kernel.close(pidfd);
  kernel.flush();
}
