import { SIGKILL } from "../../ffi/constants/signal.ts";
import { ESRCH } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { pause, tryWriteCgroupFile } from "./cgroup_file.ts";
import type { CgroupManager } from "./manager.ts";

/** How often those are looked for that were made while the others were killed. */
const ROUNDS = 100;
/** How many descriptors of processes are open at a time. */
const CHUNK = 200;

/**
 * Sends a signal to each process of a cgroup and of those below it, frozen meanwhile: none can fork away from it.
 *
 * SIGKILL thaws them for good, since it ends none that is frozen. Another signal leaves a paused container paused.
 *
 * @returns the processes that got it; undefined where that was left to the kernel (`cgroup.kill`)
 */
export function signalProcesses(
  kernel: Kernel,
  cgroup: CgroupManager,
  signal: number,
): ReadonlySet<number> | undefined {
  if (signal === SIGKILL && killByFile(cgroup)) return undefined;
  const sent = new Set<number>();
  if (!cgroup.pids(true).length) return sent;
  const paused = cgroup.freezerState() === "FROZEN";
  // Where the freezer fails, those that a fork brought to safety are looked for again, until there are none.
  for (let round = 0; round < ROUNDS; round++) {
    const frozen = paused && round === 0 || tryFreeze(cgroup);
    let found: number;
    try {
      found = signalNew(kernel, cgroup, signal, sent);
    } finally {
      if (frozen && (!paused || signal === SIGKILL)) thaw(cgroup);
    }
    if (signal !== SIGKILL || !found) break;
    if (round > 0) pause(1);
  }
  return sent;
}

/** Lets processes go on; where the cgroup has been removed meanwhile there is none. */
export function thaw(cgroup: CgroupManager): void {
  try {
    cgroup.freeze("THAWED");
  } catch (error) {
    if (cgroup.exists()) throw error;
  }
}

/** Linux 5.14's way, which no fork escapes. Only where the one hierarchy is the container's. */
function killByFile({ mode, paths }: CgroupManager): boolean {
  return mode === "unified" && tryWriteCgroupFile(paths[""]!, "cgroup.kill", "1");
}

/** Stops the processes, unless runt is one of them. */
function tryFreeze(cgroup: CgroupManager): boolean {
  try {
    if (cgroup.pids(true).includes(Deno.pid)) return false;
    cgroup.freeze("FROZEN");
    return true;
  } catch {
    return false;
  }
}

/** Signals those that were not yet; how many there were. */
function signalNew(kernel: Kernel, cgroup: CgroupManager, signal: number, sent: Set<number>): number {
  // 0 stands for a process that has no id in runt's pid namespace: kill(0) would end runt's own group.
  const pids = cgroup.pids(true).filter((pid) => pid > 0 && pid !== Deno.pid && !sent.has(pid));
  for (let i = 0; i < pids.length; i += CHUNK) {
    const opened = pids.slice(i, i + CHUNK)
      .map((pid) => ({ pid, pidfd: kernel.pidfdOpen(pid, 0, { accept: "any" }) }));
    kernel.flush();
    // A pid may have become a stranger's before it was opened. Who is still in the cgroup is none.
    const members = new Set(cgroup.pids(true));
    for (const { pid, pidfd } of opened) {
      if (!pidfd.ok) continue;
      sent.add(pid);
      if (members.has(pid)) kernel.pidfdSendSignal(pidfd, signal, { accept: [ESRCH] });
      kernel.close(pidfd);
    }
    kernel.flush();
  }
  return pids.length;
}
