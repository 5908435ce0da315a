import { SIGKILL } from "../../ffi/constants/signal.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
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
import { leaveMark, placeOfRunAnswer, type Worth, worthOfAnswer } from "./answer_worth.ts";
import type { RuntimeOptions } from "./options.ts";
import { isRootless } from "./rootless.ts";
import type { RunRecord } from "./run_answer.ts";
import { openCopiedStreams } from "./parts.ts";
import { type MakeOptions, type Plan, planContainer } from "./plan_container.ts";

/** How a container is run. */
export interface RunOptions extends MakeOptions {
  /** Return when the program has been executed. */
  readonly detach: boolean;
  /** Leave the container, stopped, when its program has ended. */
  readonly keep: boolean;
  /** Do not adopt the container's orphans. */
  readonly noSubreaper: boolean;
  /** `--bundle`, as given. */
  readonly bundleFlag?: string | undefined;
  /** No other flag of the command was given. */
  readonly plain?: boolean;
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
  // Nobody copies before they are through: the program would wait in a full pipe.
  const isLate = plan.parts.notifySocket || plan.config.hooks?.poststart?.length;
  using streams = options.detach || hasTerminal || isLate
    ? undefined
    : await openCopiedStreams(native, kernel);
  if (!options.detach) foreground.keepSignals(hasTerminal || streams?.onTerminal);
  const answer = streams ? undefined : answerFor(runtime, plan, options);
  const record = answer && await recordFor(answer);
  const made = makeContainer(runtime, plan, false, { terminal, callerWaits: !options.detach, record });
  streams?.restore();
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
  if (answer) await leaveAnswer(runtime, plan, made, answer, record, options.bundleFlag);
  tellReady(plan, made, runtime, options.detach ? undefined : foreground);
  if (options.detach) return 0;
  let code: number;
  try {
    terminal?.relay(process.pidfd, () => foreground.reapOrphans(process.pid));
    streams?.relay(process.pidfd, () => foreground.reapOrphans(process.pid), false);
    code = foreground.wait(process.pid, process.pidfd);
  } catch (error) {
    killAndReap(local, process.pidfd);
    throw error;
  }
  note(runtime.root, id, "exit", { code });
  if (!options.keep) destroy(runtime, plan, made);
  return code;
}

/** Where the answer to the next `run` of the bundle goes, and whether to leave one or a mark; undefined for neither. */
function answerFor(
  runtime: RuntimeOptions,
  { config, parts, options: { listenFds } }: Plan,
  { plain }: RunOptions,
): { path: string; key: string; worth: Worth } | undefined {
  if (!plain || runtime.systemdCgroup || runtime.init === "self" || runtime.debug || isRootless()) {
    return undefined;
  }
  if (readStartFacts() === undefined || Deno.build.arch !== "x86_64" || listenFds) return undefined;
  const inTwo = config.namespaces.some(({ type, path }) =>
    type === "user" || type === "time" || type === "pid" && path
  );
  if (inTwo || config.hooks || Object.values(parts).some(Boolean)) return undefined;
  const place = placeOfRunAnswer(runtime.root, config.bundle);
  return place && { ...place, worth: worthOfAnswer(place.path, place.key) };
}

/** Where to write down how the container is made. */
async function recordFor({ worth }: { worth: Worth }): Promise<RunRecord | undefined> {
  if (worth !== "record") return undefined;
  const { Transcript } = await import("../../ffi/transcript.ts");
  return { transcript: new Transcript(), limits: [], devices: [] };
}

/** Leaves the answer to the next `run` of the bundle, while the program runs. */
async function leaveAnswer(
  { root, log }: RuntimeOptions,
  { config }: Plan,
  { native }: MadeContainer,
  { path, key, worth }: { path: string; key: string; worth: Worth },
  record: RunRecord | undefined,
  bundleFlag: string | undefined,
): Promise<void> {
  try {
    if (log.warned) return;
    if (worth === "mark") leaveMark(path, key);
    if (!record) return;
    const { leaveRunAnswer } = await import("./run_answer.ts");
    const why = leaveRunAnswer(native, { root, path, config, bundleFlag }, record);
    if (why !== undefined) log.debug(`no answer for the bundle: ${why}`);
  } catch (error) {
    log.debug(`no answer for the bundle: ${(error as Error).message}`);
  }
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
    remove(runtime, made, plan);
  } catch (problem) {
    // One who deleted the container meanwhile is welcome, and has run its hooks.
    const gone = problem instanceof RuntError && problem.code === "not-found";
    if (!gone) runtime.log.error(`cannot remove the container: ${(problem as Error).message}`);
    return;
  }
  const { config, parts: { hooks } } = plan;
  hooks?.runPoststop(made, config.hooks, config, runtime.log, config.bundle);
}

function remove(
  { log }: RuntimeOptions,
  { local, cgroup, directory }: MadeContainer,
  { config, parts }: Plan,
): void {
  // Nobody outlives the init of a pid namespace that was the container's own.
  const alone = makesNamespace(config, "pid");
  using _lock = ContainerLock.take(directory);
  if (!alone) signalProcesses(local, cgroup, SIGKILL);
  cgroup.remove();
  parts.hostRoot?.unmount(local, log);
  removeResctrlGroups(parts.resctrl?.removed ?? []);
  removeStateDirectory(directory);
}
