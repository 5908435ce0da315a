import { SIGKILL } from "../../ffi/constants/signal.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { removeResctrlGroups } from "../cgroups/remove.ts";
import { signalProcesses } from "../cgroups/signal_processes.ts";
import { makesNamespace } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { Foreground } from "../process/foreground.ts";
import { isAlive, readProcessStat } from "../process/process_stat.ts";
import { killAndReap } from "../process/wait.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, removeStateDirectory } from "../state/state_directory.ts";
import { type MadeContainer, makeContainer } from "./make_container.ts";
import type { RuntimeOptions } from "./options.ts";
import { type MakeOptions, type Plan, planContainer } from "./plan_container.ts";

/** How a container is run. */
export interface RunOptions extends MakeOptions {
  /** Return when the program has been executed. */
  readonly detach: boolean;
  /** Leave the container, stopped, when its program has ended. */
  readonly keep: boolean;
  /** Do not adopt the container's orphans. */
  readonly noSubreaper: boolean;
}

/**
 * Makes a container, starts it and, unless detached, waits for its end, passing signals on.
 *
 * @returns the program's exit code, 128 and the signal that ended it, or 0 when detached
 * @throws {RuntError} see {@linkcode makeContainer}
 */
export async function runContainer(
  runtime: RuntimeOptions,
  id: string,
  options: RunOptions,
): Promise<number> {
  const plan = await planContainer(runtime, id, options, options.detach);
  const native = openNative(),
    kernel = new LocalKernel(native),
    hasTerminal = plan.parts.terminal !== undefined;
  const foreground = new Foreground(native, kernel, { subreaper: !options.noSubreaper });
  using terminal = plan.parts.terminal?.openTerminalEnd(
    native,
    kernel,
    options.consoleSocket,
    options.bundle,
  );
  if (!options.detach) foreground.keepSignals(hasTerminal);
  const made = makeContainer(runtime, plan, false, { terminal, callerWaits: !options.detach });
  // What came meanwhile is for the program, which is there by now.
  if (!options.detach) foreground.forwardTo(made.process.pidfd);
  note(runtime.root, id, "start");
  const { local, process } = made, { config, parts: { hooks } } = plan;
  try {
    hooks?.runPoststart(made, config.hooks, config, alivePid(process.pid), config.bundle);
  } catch (error) {
    killAndReap(local, process.pidfd);
    if (!options.keep) destroy(runtime, plan, made);
    throw error;
  }
  tellReady(plan, made, runtime, options.detach ? undefined : foreground);
  if (options.detach) return 0;
  let code: number;
  try {
    terminal?.relay(process.pidfd, () => foreground.reapOrphans(process.pid));
    code = foreground.wait(process.pid, process.pidfd);
  } catch (error) {
    killAndReap(local, process.pidfd);
    throw error;
  }
  note(runtime.root, id, "exit", { code });
  if (!options.keep) destroy(runtime, plan, made);
  return code;
}

/**
 * Waits for the program to be ready, where a service manager wants to know. In the foreground it is runt that it shall
 * watch.
 */
function tellReady(
  { parts: { notifySocket } }: Plan,
  { local, process: { pid, pidfd } }: MadeContainer,
  { log }: RuntimeOptions,
  foreground: Foreground | undefined,
): void {
  try {
    notifySocket?.forward(local, {
      pidfd,
      log,
      ...(foreground ? { mainPid: Deno.pid, idle: () => foreground.reapOrphans(pid) } : { mainPid: pid }),
    });
  } catch (error) {
    // The container runs; as in runc, it goes on.
    log.debug(`cannot tell that the container is ready: ${(error as Error).message}`);
  }
}

/** A pid, unless its process has ended and waits to be reaped. */
function alivePid(pid: number): number | undefined {
  const stat = readProcessStat(pid);
  return stat && isAlive(pid, stat.startTime) ? pid : undefined;
}

/** Removes the container. The program's exit code, or why it was not run, is what the caller waits for: a failure is logged. */
function destroy(runtime: RuntimeOptions, plan: Plan, made: MadeContainer): void {
  try {
    remove(made.local, made, plan);
  } catch (problem) {
    // One who deleted the container meanwhile is welcome, and has run its hooks.
    const gone = problem instanceof RuntError && problem.code === "not-found";
    if (!gone) runtime.log.error(`cannot remove the container: ${(problem as Error).message}`);
    return;
  }
  const { config, parts: { hooks } } = plan;
  hooks?.runPoststop(made, config.hooks, config, runtime.log, config.bundle);
}

function remove(local: LocalKernel, { cgroup, directory }: MadeContainer, { config, parts }: Plan): void {
  // Nobody outlives the init of a pid namespace that was the container's own.
  const alone = makesNamespace(config, "pid");
  using _lock = ContainerLock.take(directory);
  if (!alone) signalProcesses(local, cgroup, SIGKILL);
  cgroup.remove();
  removeResctrlGroups(parts.resctrl?.removed ?? []);
  removeStateDirectory(directory);
}
