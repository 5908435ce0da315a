import { SIGKILL } from "../../ffi/constants/signal.ts";
import { pause as sleep } from "../cgroups/cgroup_file.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import { thaw } from "../cgroups/signal_processes.ts";
import { RuntError } from "../error.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, stateDirectory } from "../state/state_directory.ts";
import { permits } from "../state/status.ts";
import { validateId } from "./container_id.ts";
import { type Container, loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/** How long one that cannot be frozen may take to end. */
const PATIENCE_MS = 200;
/** How often a container is thawed for processes to die that were killed while it froze. */
const ROUNDS = 100;

/**
 * Suspends all processes of a container.
 *
 * @throws {RuntError} `wrong-state` with runc's text when it is not created or running
 */
export function pauseContainer(runtime: RuntimeOptions, id: string): void {
  validateId(id);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const container = loadContainer(runtime, id, true);
  if (!permits(container.status, "pause")) throw notRunning();
  freeze(container);
  note(runtime.root, id, "pause");
}

/**
 * Lets all processes of a paused container go on.
 *
 * @throws {RuntError} `wrong-state` with runc's text when it is not paused
 */
export function resumeContainer(runtime: RuntimeOptions, id: string): void {
  validateId(id);
  using _lock = ContainerLock.take(stateDirectory(runtime.root, id));
  const { status, cgroup } = loadContainer(runtime, id, true);
  if (!permits(status, "resume")) throw new RuntError("wrong-state", "container not paused");
  cgroup.freeze("THAWED");
  note(runtime.root, id, "resume");
}

function notRunning(): RuntError {
  // runc's text; clients look for it.
  return new RuntError("wrong-state", "container not running");
}

/**
 * Freezes, but none that is to die. `kill` takes no lock, so that it can end what holds one; and v1 freezes a process
 * that was sent SIGKILL and has not got to it yet, which would then wait for `resume`.
 */
function freeze(container: Container): void {
  const { cgroup } = container;
  for (let round = 0; round < ROUNDS; round++) {
    try {
      cgroup.freeze("FROZEN");
    } catch (error) {
      // One that is ending cannot be frozen: its init waits for the others. Failing has thawed them.
      if (endsSoon(container)) throw notRunning();
      throw error;
    }
    if (!cgroup.pids(true).some(isDoomed)) {
      if (container.status === "paused") return;
      // Its init has ended meanwhile, or somebody has thawed it.
      if (container.status === "stopped") break;
    }
    letGo(cgroup);
    if (container.status === "stopped") throw notRunning();
  }
  letGo(cgroup);
  throw notRunning();
}

function endsSoon(container: Container): boolean {
  for (let waited = 0; waited < PATIENCE_MS; waited += 10) {
    if (container.status === "stopped") return true;
    sleep(10);
  }
  return false;
}

function letGo(cgroup: CgroupManager): void {
  thaw(cgroup);
  sleep(1);
}

/** Whether SIGKILL waits for a process, in the masks of `proc_pid_status(5)`. */
export function isDoomed(pid: number): boolean {
  let status: string;
  try {
    status = Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch {
    return false; // gone
  }
  const masks = /^SigPnd:\s*(\w+)\nShdPnd:\s*(\w+)$/m.exec(status);
  if (!masks || /^State:\s*[ZX]/m.test(status)) return false;
  const bit = 1n << BigInt(SIGKILL - 1);
  return masks.slice(1).some((mask) => (BigInt(`0x${mask}`) & bit) !== 0n);
}
