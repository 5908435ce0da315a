/**
 * Makes a process in the namespaces and the cgroup of a running container.
 *
 * Only children enter a pid namespace, so there are two:
 *
 * ```
 *   runt ── clone3(into the cgroup) ──▶ first: first steps, opens what it needs of the host
 *     │                                   │   setns(pidfd of the container's init, all namespaces at once)
 *     │                                   └─ clone3(CLONE_PARENT) ──▶ process: joins v1 cgroups, session
 *     └── a control socket of its own, handed down ───────────────────────┘      (first ends)
 * ```
 *
 * It is always the init image that does so, in self mode too: runt's own executable needs a dynamic loader, which the
 * container's root need not have, and a process with threads cannot join what comes before that.
 *
 * All namespaces at once means: with the rights of before for all of them, whichever user namespace owns which
 * (`setns(2)`), and all or none.
 *
 * @module
 */
import * as clone from "../../ffi/constants/clone.ts";
import { F_SETFD } from "../../ffi/constants/fcntl.ts";
import { O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../ffi/constants/open.ts";
import { EAGAIN, EINVAL } from "../../ffi/errno.ts";
import { SOCK_SEQPACKET } from "../../ffi/constants/socket.ts";
import { AT_FDCWD, type Kernel, type Result } from "../../ffi/kernel.ts";
import { makeSocketPair } from "../../ffi/pairs.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { forkInto, type PreparedSocket, spawn, type Spawned, type SpawnOptions } from "../../ffi/spawn.ts";
import type { Transcript } from "../../ffi/transcript.ts";
import type { CgroupJoin } from "../cgroups/cgroup_join.ts";
import type { Config } from "../config/config.ts";
import { setFinalAffinity } from "../init/attributes.ts";
import { closeDescriptors, forbidTracing, resetSignals, setOomScore } from "../init/first_steps.ts";
import { startSession } from "../init/session.ts";
import type { ContainerProcess } from "./container_process.ts";
import { openDescriptorChannel } from "./descriptor_channel.ts";

/** Namespaces that every kernel has which runt runs on. */
const ALWAYS = clone.CLONE_NEWNS | clone.CLONE_NEWUTS | clone.CLONE_NEWIPC | clone.CLONE_NEWNET |
  clone.CLONE_NEWPID;
const ALL = ALWAYS | clone.CLONE_NEWCGROUP | clone.CLONE_NEWTIME;

/** What {@linkcode makeJoinedProcess} needs beside the config. */
export interface JoinedProcessOptions {
  /** Descriptors below this one are left to the program. */
  readonly firstFreeFd: number;
  /** A pidfd of the container's init. */
  readonly init: number;
  /** runt's user is not root. */
  readonly rootless: boolean;
  /** `CLONE_NEW*` flags of the namespaces to join; undefined for all, which only the host's root may join. */
  readonly namespaces?: number | undefined;
  /** Enters the container's root, where that is not the root of its mount namespace. */
  readonly enterRoot?: (kernel: Kernel) => void;
  /** Where to write down what the processes are sent and answer. */
  readonly transcript?: Transcript | undefined;
  /** Told of every process made, at once, so that a failure leaves none; `stays` is false for the first one. */
  onSpawn(pidfd: number, stays: boolean): void;
}

/**
 * Makes it.
 *
 * @throws {KernelError} for what the kernel refuses
 */
export function makeJoinedProcess(
  native: Native,
  local: LocalKernel,
  config: Config,
  cgroup: CgroupJoin,
  options: JoinedProcessOptions,
): ContainerProcess {
  // It is handed down, and closed over there when it has done its work.
  local.fcntl(options.init, F_SETFD, 0);
  try {
    return join(native, local, config, cgroup, options, cgroup.directories());
  } catch (error) {
    // The cgroup is full: processes may still move in.
    if (!cgroup.cloned || !isRefusedClone(error) || error.errno !== EAGAIN) throw error;
    cgroup.cloned = false;
    return join(native, local, config, cgroup, options, []);
  }
}

function isRefusedClone(error: unknown): error is KernelError {
  return error instanceof KernelError && error.syscall === "clone3";
}

function join(
  native: Native,
  local: LocalKernel,
  config: Config,
  cgroup: CgroupJoin,
  options: JoinedProcessOptions,
  cgroupDirectories: Iterable<string>,
): ContainerProcess {
  const { init, firstFreeFd, rootless, transcript, onSpawn } = options;
  const socket = openSocket(local);
  if (transcript) transcript.handed = { init, control: socket.control };
  const first = spawnInCgroup(native, local, cgroup, cgroupDirectories, {
    namespaces: 0,
    argv: ["runt init"],
    onSpawn: (pidfd) => onSpawn(pidfd, false),
    transcript,
    // Its control socket shall lie on nothing that is handed down.
    firstFreeFd: Math.max(firstFreeFd, init + 1, socket.control + 1),
  });
  local.close(socket.control);
  const { kernel, control } = first;
  kernel.where = { step: "process" };
  if (!rootless) forbidTracing(kernel);
  closeDescriptors(kernel, firstFreeFd, [control, init, socket.control]);
  resetSignals(kernel);
  setOomScore(kernel, config);
  // Who is not root may neither write files of a process that is not dumpable, nor fetch anything from it.
  const channel = rootless && config.process.terminal ? openDescriptorChannel(local, first) : undefined;
  if (rootless) forbidTracing(kernel);
  const joinCgroup = cgroup.openFiles(kernel);
  joinNamespaces(kernel, init, options.namespaces);
  options.enterRoot?.(kernel);
  // To join a user namespace has made it what fs.suid_dumpable says (proc_sys_fs(5)); the child inherits this.
  forbidTracing(kernel);
  kernel.close(init);
  const process = kernel.at({ step: "process" }, () => forkInto(local, first, 0, socket));
  onSpawn(process.pidfd, true);
  joinCgroup();
  setFinalAffinity(kernel, config.process);
  startSession(kernel);
  const { pid, pidfd } = process;
  const fetch = (fd: number) => channel ? channel.take(fd) : local.pidfdGetfd(pidfd, fd).value;
  return { pid, pidfd, control: process.control, kernel, execFifo: undefined, fetch };
}

/** A control socket for the process, whose other end the first one inherits at the same number. */
function openSocket(local: LocalKernel): PreparedSocket {
  const [socket, control] = makeSocketPair(local, SOCK_SEQPACKET);
  local.fcntl(control, F_SETFD, 0);
  return { socket, control };
}

/** Clones into the first cgroup that lets it, or else into none. */
function spawnInCgroup(
  native: Native,
  local: LocalKernel,
  cgroup: CgroupJoin,
  directories: Iterable<string>,
  options: SpawnOptions,
): Spawned {
  for (const directory of directories) {
    const flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    const fd = local.openat(AT_FDCWD, directory, flags, 0, { accept: "any" });
    if (!fd.ok) continue;
    try {
      const spawned = spawn(native, local, { ...options, cgroupFd: fd.value });
      if (options.transcript) options.transcript.cgroup = directory;
      cgroup.cloned = true;
      return spawned;
    } catch (error) {
      if (!isRefusedClone(error)) throw error;
    } finally {
      local.close(fd);
    }
  }
  return spawn(native, local, options);
}

/** Joins all namespaces of the container's init; in a user namespace of its own as that one's root. */
function joinNamespaces(kernel: Kernel, init: number, namespaces: number | undefined): void {
  const where = { step: "join" }, unless = { accept: [EINVAL] };
  const setns = (flags: number, options = {}) =>
    kernel.at(where, () => kernel.call("setns", [init, flags], options));
  if (namespaces !== undefined) {
    if (namespaces) setns(namespaces);
    if (namespaces & clone.CLONE_NEWUSER) becomeRoot(kernel);
    return;
  }
  // EINVAL: the user namespace is the one that we are in, or the kernel lacks one of the others.
  const withUser = setns(ALL | clone.CLONE_NEWUSER, unless);
  kernel.when(withUser, "ok", () => becomeRoot(kernel));
  kernel.when(withUser, "failed", () => {
    const withoutUser = setns(ALL, unless);
    kernel.when(withoutUser, "failed", () => {
      const user: Result = setns(clone.CLONE_NEWUSER, unless);
      setns(ALWAYS);
      setns(clone.CLONE_NEWCGROUP, unless);
      setns(clone.CLONE_NEWTIME, unless);
      kernel.when(user, "ok", () => becomeRoot(kernel));
    });
  });
}

/** Ids 0, where the user namespace has them; those that it does not map stay what they are. */
function becomeRoot(kernel: Kernel): void {
  const unmapped = { accept: [EINVAL] };
  kernel.call("setresgid", [0, 0, 0], unmapped);
  kernel.call("setresuid", [0, 0, 0], unmapped);
}
