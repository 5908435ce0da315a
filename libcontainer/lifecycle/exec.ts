import { LocalKernel } from "../../ffi/local.ts";
import { type Native, openNative } from "../../ffi/native.ts";
import type { Transcript } from "../../ffi/transcript.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import { CgroupJoin } from "../cgroups/cgroup_join.ts";
import { joinResctrlGroup } from "../cgroups/resctrl_join.ts";
import { isPaused } from "../cgroups/look.ts";
import { parseSubCgroups, resolveSubCgroups } from "../cgroups/sub_cgroup.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { Host } from "../host/facts.ts";
import { hexadecimalMask, setInitialAffinity } from "../init/attributes.ts";
import type { ProgramContext } from "../init/context.ts";
import { setUpExec } from "../init/exec_order.ts";
import { queueExec } from "../init/tail.ts";
import { checkTerminal } from "../process/check_terminal.ts";
import type { ContainerProcess } from "../process/container_process.ts";
import { Foreground } from "../process/foreground.ts";
import { differingNamespaces } from "../process/differing_namespaces.ts";
import { makeJoinedProcess } from "../process/joined_process.ts";
import { checkPreserved, FIRST_PRESERVED } from "../process/preserved_fds.ts";
import { isAlive, NO_PROCESS, pidOf } from "../process/process_stat.ts";
import { setRlimits } from "../process/rlimits.ts";
import { inspectStandardStreams, TERMINAL_STREAMS } from "../process/standard_streams.ts";
import type { TerminalEnd } from "../process/terminal.ts";
import { killAndReap, waitForExit } from "../process/wait.ts";
import { isSetgroupsDenied } from "../security/id_maps.ts";
import { note } from "../state/journal.ts";
import { type ExecRequest, planExec } from "./exec_config.ts";
import { type ContainerFacts, loadFacts } from "./load_facts.ts";
import { answerFor, leaveAnswer } from "./exec_worth.ts";
import type { RuntimeOptions } from "./options.ts";
import { openCopiedStreams, type Parts } from "./parts.ts";
import { removePidFile, writePidFile } from "./pid_file.ts";
import { explainExecuting } from "./process_failure.ts";
import { restriction } from "./restriction.ts";
import { forgivesCgroups, isRootless } from "./rootless.ts";

/** How a process is executed in a container. */
export interface ExecOptions extends ExecRequest {
  /** Return when the program has been executed. */
  readonly detach: boolean;
  /** Where to send the master of its terminal, detached. */
  readonly consoleSocket?: string | undefined;
  /** Where to write its pid. */
  readonly pidFile?: string | undefined;
  /** How many descriptors from 3 on the program gets. */
  readonly preserveFds: number;
  /** `--cgroup`, as given. */
  readonly cgroups: readonly string[];
  /** All arguments behind `exec`, where none of them asks for more than an answer can do. */
  readonly given?: readonly string[] | undefined;
  /** Whether nothing is asked for beside `--process`, `--pid-file` and `--detach`, which an answer can do. */
  readonly onlyProcessFile?: boolean;
  /** In a paused container too; the process waits then until it is resumed. */
  readonly ignorePaused: boolean;
}

/** What the parts of an exec hand to each other. */
interface Exec {
  readonly runtime: RuntimeOptions;
  readonly container: ContainerFacts;
  readonly options: ExecOptions;
  readonly config: Config;
  readonly parts: Parts;
  /** Directories of the cgroups to be in, by controller. */
  readonly cgroups: Readonly<Record<string, string>>;
  readonly host: Host;
  readonly native: Native;
  readonly local: LocalKernel;
  /** A pidfd of the container's init. */
  readonly init: number;
  readonly terminal: TerminalEnd | undefined;
  readonly transcript: Transcript | undefined;
}

/**
 * Executes a process in a running container and, unless detached, waits for its end, passing signals on.
 *
 * @param id the container
 * @returns its exit code, 128 and the signal that ended it, or 0 when detached
 * @throws {RuntError} with runc's texts; nothing is left of the process then
 */
export async function execInContainer(
  runtime: RuntimeOptions,
  id: string,
  options: ExecOptions,
): Promise<number> {
  const container = loadFacts(runtime, id), { state } = container;
  const native = openNative(), local = new LocalKernel(native), host = new Host();
  // Before it is asked whether the init lives: what is found alive then is what the pidfd is of, and not one that
  // got the pid later.
  const init = state.init_process_pid
    ? local.pidfdOpen(state.init_process_pid, 0, { accept: NO_PROCESS })
    : undefined;
  if (!init?.ok || !isAlive(state.init_process_pid, state.init_process_start)) throw stopped();
  // One that waits for `start` is as good as one that runs.
  if (!options.ignorePaused && isPaused(state.cgroup_paths)) {
    const text = "cannot exec in a paused container (use --ignore-paused to override)";
    throw new RuntError("wrong-state", text);
  }
  const planned = await planExec(runtime, container, options, host), { config, parts, from } = planned;
  const { detach, consoleSocket } = options, hasTerminal = parts.terminal !== undefined;
  checkTerminal(hasTerminal, detach, consoleSocket);
  const cgroups = resolveSubCgroups(state.cgroup_paths, parseSubCgroups(options.cgroups));
  checkPreserved(local, options.preserveFds);
  parts.pidfdSocket?.connect(local);
  const foreground = new Foreground(native, local, { subreaper: false });
  using terminal = parts.terminal?.openTerminalEnd(native, local, consoleSocket, from);
  using streams = detach || hasTerminal ? undefined : await openCopiedStreams(native, local);
  const answer = streams ? undefined : answerFor(runtime, planned, container, options);
  const exec = {
    runtime,
    container,
    options,
    config,
    parts,
    cgroups,
    host,
    native,
    local,
    init: init.value,
    terminal,
    transcript: answer?.worth === "record"
      ? new (await import("../../ffi/transcript.ts")).Transcript()
      : undefined,
  };
  // What comes while the process is being set up is for the program.
  if (!detach) foreground.keepSignals(hasTerminal || streams?.onTerminal);
  const process = execute(exec);
  streams?.restore();
  note(runtime.root, id, "exec", { pid: process.pid });
  if (!detach) foreground.forwardTo(process.pidfd);
  if (answer) await leaveAnswer(exec, answer);
  if (detach) return 0;
  terminal?.relay(process.pidfd, () => foreground.reapOrphans(process.pid));
  streams?.relay(process.pidfd, () => {}, true);
  return foreground.wait(process.pid, process.pidfd);
}

function stopped(cause?: unknown): RuntError {
  return new RuntError("wrong-state", "cannot exec in a stopped container", { cause });
}

/** Makes the process and has it execute its program; whatever fails, no process stays. */
function execute(exec: Exec): ContainerProcess {
  const { local, runtime: { log }, options: { pidFile }, container: { state } } = exec;
  const made: number[] = [];
  let first: number | undefined, pidFileWritten = false;
  try {
    const process = makeProcess(exec, (pidfd, stays) => {
      made.push(pidfd);
      if (!stays) first = pidfd;
    });
    // Those who read runc's log know the steps by these names.
    log.debug(`nsexec container setup: process ${process.pid} is in the container's namespaces`);
    joinResctrlGroup(state.intel_rdt_path, process.pid);
    runSteps(exec, process, () => {
      if (pidFile === undefined) return;
      writePidFile(pidFile, process.pid);
      pidFileWritten = true;
    });
    log.debug("child process in init(): in the container, as process has it");
    log.debug("setns_init: about to exec");
    local.close(process.kernel.control);
    // It has ended when its socket did; who comes after us shall not have to reap it.
    if (first !== undefined) waitForExit(local, first);
    return process;
  } catch (error) {
    const last = made.at(-1), pid = last === undefined ? undefined : pidOf(last);
    for (const pidfd of made.reverse()) killAndReap(local, pidfd);
    if (pidFileWritten) removePidFile(pidFile!);
    if (!isAlive(state.init_process_pid, state.init_process_start)) throw stopped(error);
    throw explainExecuting(error, state.cgroup_paths, pid);
  }
}

function makeProcess(exec: Exec, onSpawn: (pidfd: number, stays: boolean) => void): ContainerProcess {
  const { runtime, container: { state }, options, config, cgroups, host, native, local, init } = exec;
  const { enterRoot } = exec.parts;
  const cgroup = new CgroupJoin({
    paths: cgroups,
    exact: options.cgroups.length > 0,
    rootless: forgivesCgroups(runtime, host),
    initCgroup: () => initCgroup(state.init_process_pid, host),
  });
  setInitialAffinity(local, config.process);
  const initial = config.process.affinity?.initial;
  if (initial !== undefined) runtime.log.debug(`nsexec: affinity: ${hexadecimalMask(initial)}`);
  return makeJoinedProcess(native, local, config, cgroup, {
    firstFreeFd: FIRST_PRESERVED + options.preserveFds,
    init,
    rootless: isRootless(),
    transcript: exec.transcript,
    namespaces: isRootless() || host.inUserNamespace || enterRoot
      ? differingNamespaces(state.init_process_pid)
      : undefined,
    // The root of the mount namespace is not the container's then.
    ...(enterRoot && { enterRoot }),
    onSpawn,
  });
}

/** v2: the directory of the cgroup in which a process is. */
function initCgroup(pid: number, host: Host): string | undefined {
  const path = /^0::(.*)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/cgroup`))?.[1];
  return path === undefined ? undefined : `${host.cgroups.root}${path === "/" ? "" : path}`;
}

function runSteps(exec: Exec, process: ContainerProcess, beforeTail: () => void): void {
  const { config, parts, host, local, options, terminal, container: { state } } = exec,
    { kernel, control } = process;
  const firstFreeFd = FIRST_PRESERVED + options.preserveFds;
  const context: ProgramContext = {
    firstFreeFd,
    control,
    ...restriction(config, parts, true),
    stdio: terminal ? TERMINAL_STREAMS : inspectStandardStreams(local, !options.detach),
    kept: [control],
    lastCap: host.lastCap,
    root: { pty: undefined },
    ...(parts.openTerminal && { openTerminal: parts.openTerminal }),
    ...(config.seccomp?.listenerPath && {
      sendListener: (fd) => {
        const { pid, pidfd } = process, { annotations } = state.runt;
        parts.seccompListener?.send(local, { ...config, annotations }, {
          pid,
          pidfd,
          init: state.init_process_pid,
        }, fd);
      },
    }),
    fetchedByUser: isRootless(),
    setgroupsDenied: isRootless() || isSetgroupsDenied(state.init_process_pid),
  };
  const limit = (master: number | undefined) => {
    exec.transcript?.mark("limit");
    if (master !== undefined) terminal?.take(process.fetch(master));
    setRlimits(local, process.pid, config.process, readStartFacts()?.nofile);
  };
  const program = setUpExec(kernel, config, context, limit);
  parts.pidfdSocket?.send(local, "setns", process.pidfd);
  exec.transcript?.mark("pid file");
  beforeTail();
  kernel.whole(() => queueExec(kernel, program, firstFreeFd));
  kernel.sendTail(false)();
}
