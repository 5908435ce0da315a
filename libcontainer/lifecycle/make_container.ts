/**
 * What `create` and `run` have in common: from a bundle to a process that is about to execute the program.
 *
 * @module
 */
import { SIGKILL } from "../../ffi/constants/signal.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { type Native, openNative } from "../../ffi/native.ts";
import { observeFiles } from "../../ffi/files.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import { type CgroupManager, openCgroupManager } from "../cgroups/manager.ts";
import { removeResctrlGroups } from "../cgroups/remove.ts";
import type { InitContext } from "../init/context.ts";
import { setUp } from "../init/order.ts";
import { letUserIn, queueTail } from "../init/tail.ts";
import { type ContainerProcess, makeContainerProcess } from "../process/container_process.ts";
import { checkPreserved, FIRST_PRESERVED } from "../process/preserved_fds.ts";
import { readProcessStat } from "../process/process_stat.ts";
import { openSealedExecutable } from "../process/sealed_executable.ts";
import { runBySelf, setUpBySelf } from "../process/self_init.ts";
import { setRlimits } from "../process/rlimits.ts";
import { inspectStandardStreams, TERMINAL_STREAMS } from "../process/standard_streams.ts";
import type { TerminalEnd } from "../process/terminal.ts";
import { killAndReap } from "../process/wait.ts";
import { isSetgroupsDenied } from "../security/id_maps.ts";
import { rootfsContext } from "../rootfs/context.ts";
import { fetchHostSource } from "../rootfs/host_source.ts";
import { makeExecFifo } from "../state/exec_fifo.ts";
import { note } from "../state/journal.ts";
import { ContainerLock, removeStateDirectory } from "../state/state_directory.ts";
import { preparedInode, prepareState, type StateFile, writeState } from "../state/state_file.ts";
import { describeFacts } from "./describe_facts.ts";
import type { RuntimeOptions } from "./options.ts";
import { removePidFile, writePidFile } from "./pid_file.ts";
import type { Plan } from "./plan_container.ts";
import { explainMaking } from "./process_failure.ts";
import type { RunRecord } from "./run_answer.ts";
import { restriction } from "./restriction.ts";
import { forgivesCgroups, isRootless, warnOfStrays } from "./rootless.ts";
import { leaveUsualAnswers } from "./usual_answers.ts";

/** A container whose program is about to be executed, or waits to be. */
export interface MadeContainer {
  readonly directory: string;
  readonly cgroup: CgroupManager;
  readonly process: ContainerProcess;
  readonly native: Native;
  readonly local: LocalKernel;
}

/** Who else has a part in the making. */
export interface Others {
  /** Who gets the container's terminal. */
  readonly terminal?: TerminalEnd | undefined;
  /** The caller waits for the container's end. */
  readonly callerWaits?: boolean;
  /** Where to write down what is done, for another container of the same kind. */
  readonly record?: RunRecord | undefined;
}

/**
 * Makes a container.
 *
 * Whatever fails, nothing stays: no process, cgroup, mount, state directory or descriptor. Killed at any moment, what
 * is left is found by `delete --force`: the state directory comes first, and says where the cgroups are before they
 * are made; the process ends with the control socket, and its mounts with it, unless they are the host's: those are
 * written down, too.
 *
 * @param runtime the caller's wishes
 * @param plan what to make, under a name that no container has
 * @param waits whether the program waits for `start`
 * @throws {RuntError} for everything that goes wrong
 */
export function makeContainer(
  runtime: RuntimeOptions,
  plan: Plan,
  waits: boolean,
  others: Others = {},
): MadeContainer {
  const { id, config, host, options, parts } = plan, { log } = runtime;
  const native = openNative(), local = new LocalKernel(native);
  checkPreserved(local, options.preserveFds, options.listenFds);
  // Held to the end of the undoing, which must not meet a container of the same name that another one makes.
  using lock = ContainerLock.takeNew(runtime.root, id);
  const { directory } = lock, undo = [() => removeStateDirectory(directory)];
  try {
    const request = {
      id,
      path: config.cgroup.path,
      resources: config.cgroup.resources,
      systemd: runtime.systemdCgroup,
      rootless: forgivesCgroups(runtime, host),
      inUserNamespace: host.inUserNamespace,
      devicePaths: config.devices.filter(({ at }) => at !== "default").map(({ path }) => path),
    };
    const cgroup = parts.makeSystemdCgroup?.(request, host, local) ??
      openCgroupManager(request, host, undefined, local);
    cgroup.refuseOccupied();
    // The last thing to do, so the first in the list: poststop hooks find a container that is gone.
    undo.unshift(() => parts.hooks?.runPoststop({ native, local }, config.hooks, config, log, config.bundle));
    parts.pidfdSocket?.connect(local);
    parts.notifySocket?.makeDirectory(local);
    if (!waits) parts.notifySocket?.bind(local);
    const state = describeFacts(config, cgroup, runtime, parts.resctrl);
    writeState(directory, state);
    undo.push(() => {
      // A process that was lost before it was known by its pidfd is in there too.
      for (const pid of cgroup.pids(true)) local.kill(pid, SIGKILL, { accept: "any" });
      cgroup.remove();
      removeResctrlGroups(state.runt.resctrl ?? []);
    });
    undo.push(() => parts.hostRoot?.unmount(local, log));
    const { record } = others;
    noteFiles(record, "limits", () => {
      cgroup.prepare();
      warnOfStrays(runtime, config, cgroup);
      cgroup.set(config.cgroup.resources, "limits");
    });
    if (record) Object.assign(record, { state, cgroup });
    if (waits) makeExecFifo(local, directory);
    const executable = runtime.init === "self" ? openSealedExecutable(local, directory, log) : undefined;
    let made: MadeContainer;
    try {
      const process = makeContainerProcess(native, local, config, cgroup, {
        firstFreeFd: FIRST_PRESERVED + options.preserveFds,
        fifoDirectory: waits ? directory : undefined,
        executable,
        rootless: isRootless(),
        transcript: record?.transcript,
        onSpawn: (pidfd) => void undo.push(() => killAndReap(local, pidfd)),
      });
      // Those who read runc's log know the steps by these names.
      const by = executable === undefined ? "from here" : "by itself";
      log.debug(`nsexec container setup: the container's process is ${process.pid}, set up ${by}`);
      parts.resctrl?.apply(process.pid);
      made = { directory, cgroup, process, native, local };
      finish(runtime, plan, made, state, executable, others, undo);
    } catch (error) {
      throw explainMaking(error, cgroup, runtime.debug);
    }
    note(runtime.root, id, "create", { pid: made.process.pid });
    log.debug("init: closing the pipe to signal completion");
    log.debug(waits ? "the container is created, and waits for start" : "the container runs its program");
    return made;
  } catch (error) {
    // The first error is the one to tell: what clean-up has to say goes to the log.
    for (const step of undo.reverse()) {
      try {
        step();
      } catch (problem) {
        log.warn(`clean-up after the failure: ${(problem as Error).message}`);
      }
    }
    throw error;
  }
}

function finish(
  runtime: RuntimeOptions,
  { config, host, options, parts }: Plan,
  made: MadeContainer,
  state: StateFile,
  executable: number | undefined,
  { terminal, callerWaits = false, record }: Others,
  undo: (() => void)[],
): void {
  const { process, local, directory } = made, { kernel } = process;
  const firstFreeFd = FIRST_PRESERVED + options.preserveFds;
  // Written while the process is at work on its first batch, and put into place when all is set up.
  const facts = {
    ...state,
    init_process_pid: process.pid,
    init_process_start: readProcessStat(process.pid)?.startTime ?? 0,
  };
  let publish = prepareState(directory, facts);
  // Not for a caller who waits, and removes it himself; nor in self mode, which may have mounted something for itself;
  // nor where start has to wait for a word.
  const unusual = executable !== undefined || parts.notifySocket || parts.hostRoot;
  if (!callerWaits && !unusual) {
    leaveUsualAnswers(runtime, made, facts, config, preparedInode(directory));
  }
  // Before anybody looks for it: hooks may.
  parts.giveCgroup?.(made.cgroup.paths[""]!, config, process.pid, forgivesCgroups(runtime, host));
  const devices = config.netDevices && parts.moveNetDevices?.(local, config, process, undo);
  const sources = parts.idMapped?.fetchIdMapped(
    made.native,
    local,
    config,
    process,
    executable !== undefined,
  );
  let limited = false;
  const limitDevices = () => {
    // Hooks may have changed what was set before.
    if (!limited) noteFiles(record, "devices", () => made.cgroup.set(config.cgroup.resources, "devices"));
    limited = true;
  };
  const { hooks } = parts, inside = hooks?.containerHooks(config);
  const runtimeHooks = hooks && (() => {
    limitDevices();
    hooks.runRuntimeHooks(made, config.hooks, config, process.pid);
  });
  const context: InitContext = {
    ...rootfsContext(config, host, made.cgroup, runtime.log),
    // Who is not root could reach no more than his container's process can.
    ...(isRootless() ? {} : {
      openHostSource: (source, recursive) => {
        record?.transcript.spoil("a mount comes from outside");
        return fetchHostSource(local, kernel, process.pidfd, source, recursive);
      },
    }),
    ...(parts.idMapped && {
      mapIds: (mount, fd) => parts.idMapped?.mapIds(made.native, local, process, mount, fd),
    }),
    ...(parts.hostRoot && {
      onHost: parts.hostRoot.steps(directory, facts, (again) => void (publish = again)),
    }),
    firstFreeFd,
    control: process.control,
    // Asked for late: the FIFO's number is known when it was opened.
    get kept() {
      if (executable !== undefined) return undefined;
      const kept = [process.control, ...(inside?.kept ?? [])];
      return process.execFifo ? [...kept, process.execFifo.value] : kept;
    },
    ...(config.seccomp?.listenerPath && {
      sendListener: (fd) => parts.seccompListener?.send(local, config, process, fd),
    }),
    ...restriction(config, parts, false),
    stdio: terminal ? TERMINAL_STREAMS : inspectStandardStreams(local, callerWaits),
    lastCap: host.lastCap,
    sources,
    fetchedByUser: isRootless(),
    setgroupsDenied: isRootless() ||
      (host.inUserNamespace || config.namespaces.some(({ type, path }) => type === "user" && path)) &&
        isSetgroupsDenied(process.pid),
    beforePivot: (kernel) => {
      if (!runtimeHooks) return;
      kernel.flush();
      runtimeHooks();
      inside?.beforePivot(kernel);
    },
  };
  for (const [at, fd] of sources ?? []) context.root.sources.set(at, fd);
  const limit = (master: number | undefined) => {
    record?.transcript.mark("limit");
    if (master !== undefined) terminal?.take(process.fetch(master));
    // Only now: making the devices was not to be limited.
    limitDevices();
    setRlimits(local, process.pid, config.process, readStartFacts()?.nofile);
  };
  let proceed: () => void;
  if (executable === undefined) {
    const program = setUp(kernel, config, context, limit);
    proceed = () => {
      kernel.whole(() => {
        if (process.execFifo && isRootless()) letUserIn(kernel, config);
        queueTail(kernel, program, firstFreeFd, process.execFifo, process.control, () => {
          inside?.beforeExec(kernel, program);
        });
      });
      // It ends by closing the socket: to wait for start, or to execute the program.
      kernel.sendTail(false)();
    };
  } else {
    const pipe = setUpBySelf(made.native, process, executable, config, context, limit, runtimeHooks);
    proceed = () => runBySelf(pipe);
  }
  runtime.log.debug("child process in init(): namespaces, root and attributes are as config.json has them");
  parts.pidfdSocket?.send(local, "standard", process.pidfd);
  publish();
  const { pidFile } = options;
  if (pidFile !== undefined) {
    writePidFile(pidFile, process.pid);
    undo.push(() => removePidFile(pidFile));
  }
  proceed();
  devices?.[Symbol.dispose]();
  local.close(kernel.control);
}

/** Does something to files, and writes down what. */
function noteFiles(record: RunRecord | undefined, part: "limits" | "devices", body: () => void): void {
  if (record) record[part] = observeFiles(body);
  else body();
}
