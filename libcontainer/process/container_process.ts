/**
 * Makes the process that becomes the container's first one, in its cgroup and its namespaces.
 *
 * Without a user namespace the kernel makes most namespaces together with the process:
 *
 * ```
 *   runt ── clone3(namespaces, into the cgroup) ──▶ process: network namespace, first steps, joins, cgroup namespace
 * ```
 *
 * With one, or with a new time namespace, or to join a pid namespace, there are two processes, since only children enter
 * a pid or a new time namespace, and only what a user namespace makes belongs to it:
 *
 * ```
 *   runt ── clone3(into the cgroup) ──▶ first: first steps, setns as far as permitted
 *     │ writes uid_map, gid_map           │   setns or unshare(CLONE_NEWUSER), ids 0, setns, unshare of the rest
 *     │                                   └─ clone3(CLONE_PARENT) ──▶ process
 *     └── control socket, fetched by pidfd_getfd ────────────────────────┘      (first ends)
 * ```
 *
 * @module
 */
import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { CLONE_NEWCGROUP, CLONE_NEWNET, CLONE_NEWUSER } from "../../ffi/constants/clone.ts";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel, type Result } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { PR_SET_DUMPABLE } from "../../ffi/constants/prctl.ts";
import { forkInto, prepareSocket, spawn, type Spawned } from "../../ffi/spawn.ts";
import type { Transcript } from "../../ffi/transcript.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import type { Config, NamespaceConfig } from "../config/config.ts";
import { resetAffinity } from "../init/attributes.ts";
import {
  closeDescriptors,
  endOnSignals,
  forbidTracing,
  openExecFifo,
  resetSignals,
  setOomScore,
} from "../init/first_steps.ts";
import { startSession } from "../init/session.ts";
import { checkJoinedMaps, writeIdMaps } from "../security/id_maps.ts";
import { openDescriptorChannel } from "./descriptor_channel.ts";
import { setTimeOffsets } from "./time_offsets.ts";

/** The order in which namespaces are joined, each group of them (runc's order). */
const JOIN_ORDER = ["user", "ipc", "uts", "network", "pid", "mount", "cgroup", "time"];

/** The process, still running what it is sent. */
export interface ContainerProcess {
  readonly pid: number;
  readonly pidfd: number;
  readonly kernel: Spawned["kernel"];
  /** The control socket's number over there. */
  readonly control: number;
  /** The FIFO over there, when the process has to wait for `start`. */
  readonly execFifo: Result | undefined;
  /** Fetches a descriptor of the process, by its number over there; once. */
  fetch(fd: number): number;
}

/** What {@linkcode makeContainerProcess} needs beside the config. */
export interface ContainerProcessOptions {
  /** Descriptors below this one are left to the container's program. */
  readonly firstFreeFd: number;
  /** The state directory with the FIFO; undefined when nobody has to start the container. */
  readonly fifoDirectory: string | undefined;
  /** Self mode: a descriptor of runt's sealed copy, which must not be closed on exec. */
  readonly executable: number | undefined;
  /** runt's user is not root; there is a user namespace then. */
  readonly rootless?: boolean;
  /** Where to write down what the process is sent and answers; what the caller ignores must not matter then. */
  readonly transcript?: Transcript | undefined;
  /** Told of every process made, at once, so that a failure leaves none. */
  onSpawn(pidfd: number): void;
}

/**
 * Makes it.
 *
 * @throws {KernelError} for what the kernel refuses
 */
export function makeContainerProcess(
  native: Native,
  local: LocalKernel,
  config: Config,
  cgroup: CgroupManager,
  options: ContainerProcessOptions,
): ContainerProcess {
  const made = config.namespaces.filter(({ path }) => path === undefined);
  const joined = JOIN_ORDER.flatMap((type) => config.namespaces.filter((ns) => ns.type === type && ns.path));
  const inTwo = config.namespaces.some(({ type, path }) =>
    type === "user" || (type === "pid" && path) || (type === "time" && !path)
  );
  const flags = made.reduce((all, { flag }) => all | flag, 0);
  // The cgroup namespace's root is the cgroup at the time it is made: not before the cgroup is joined.
  const late = flags & CLONE_NEWCGROUP, early = flags & ~CLONE_NEWCGROUP;
  // To make a network namespace takes as long as all else of a clone: the process does it, while runt queues what follows.
  const aside = inTwo ? 0 : early & CLONE_NEWNET;
  const cgroupFd = cgroup.openForClone();
  const spawned = spawn(native, local, {
    namespaces: inTwo ? 0 : early & ~aside,
    ...(cgroupFd === undefined ? {} : { cgroupFd }),
    argv: ["runt init"],
    onSpawn: options.onSpawn,
    firstFreeFd: options.firstFreeFd,
    transcript: options.transcript,
  });
  if (cgroupFd !== undefined) local.close(cgroupFd);
  const { kernel, control } = spawned, self = options.executable;
  kernel.where = { step: "process" };
  // Files of a process that is not dumpable are root's, and who is not root may write its own no more.
  setOomScore(kernel, config);
  if (!options.rootless) forbidTracing(kernel);
  unshare(kernel, aside);
  if (aside) kernel.push();
  closeDescriptors(kernel, options.firstFreeFd, self === undefined ? [control] : [control, self]);
  resetSignals(kernel, options.transcript ? undefined : readStartFacts()?.ignoredSignals);
  // Self mode executes another program first, which would forget it.
  if (options.fifoDirectory !== undefined && self === undefined) endOnSignals(kernel);
  const execFifo = options.fifoDirectory === undefined
    ? undefined
    : openExecFifo(kernel, options.fifoDirectory, self !== undefined);
  if (cgroup.placeProcess) {
    // It works on what was queued meanwhile.
    kernel.push();
    cgroup.placeProcess(spawned.pid);
  }
  kernel.at({ step: "cgroup", path: "linux.cgroupsPath" }, () => cgroup.queueJoin(kernel));
  resetAffinity(kernel);
  if (inTwo) return enterInTwo(local, spawned, config, joined, early, late, execFifo, options);
  joinNamespaces(kernel, joined);
  unshare(kernel, late);
  startSession(kernel);
  kernel.push();
  const { pid, pidfd } = spawned;
  return { pid, pidfd, kernel, control, execFifo, fetch: (fd) => local.pidfdGetfd(pidfd, fd).value };
}

function enterInTwo(
  local: LocalKernel,
  first: Spawned,
  config: Config,
  joined: readonly NamespaceConfig[],
  made: number,
  late: number,
  execFifo: Result | undefined,
  options: ContainerProcessOptions,
): ContainerProcess {
  const { kernel } = first, { rootless = false } = options;
  const join = openNamespaces(kernel, joined);
  // Some may belong to another user namespace: as root they can be joined from here only. Who is not root has no such
  // rights here, and must not be dumpable among strangers.
  if (!rootless) join.early();
  // While it may be done: who is not root can fetch nothing from a process that is not dumpable.
  const socket = rootless ? prepareSocket(local, first) : undefined;
  // Who owns the user namespace may fetch from `runt init`, which self mode executes in it.
  const needsChannel = rootless && config.process.terminal && options.executable === undefined;
  const channel = needsChannel ? openDescriptorChannel(local, first) : undefined;
  if (rootless) forbidTracing(kernel);
  if (made & CLONE_NEWUSER) {
    unshare(kernel, CLONE_NEWUSER);
    // Nor write its maps. Nobody but the user's own processes can reach it so far.
    if (rootless) kernel.prctl(PR_SET_DUMPABLE, 1);
    kernel.flush();
    writeIdMaps(first.pid, config, rootless);
    if (rootless) forbidTracing(kernel);
  } else {
    join.user();
    if (config.uidMappings.length || config.gidMappings.length) {
      kernel.flush();
      checkJoinedMaps(first.pid, config);
    }
  }
  if (config.namespaces.some(({ type }) => type === "user")) {
    // Root of the user namespace, where it has one; what follows needs its capabilities, which exec took not.
    const unmapped = { accept: [EINVAL] };
    kernel.call("setresgid", [0, 0, 0], unmapped);
    kernel.call("setresuid", [0, 0, 0], unmapped);
  }
  join.rest();
  unshare(kernel, made & ~CLONE_NEWUSER);
  if (rootless && config.timeOffsets) kernel.prctl(PR_SET_DUMPABLE, 1);
  setTimeOffsets(kernel, first.pid, config);
  if (rootless && config.timeOffsets) forbidTracing(kernel);
  const forked = forkInto(local, first, 0, socket);
  options.onSpawn(forked.pidfd);
  forbidTracing(kernel);
  unshare(kernel, late);
  startSession(kernel);
  const { pid, pidfd, control } = forked;
  const fetch = (fd: number) => channel ? channel.take(fd) : local.pidfdGetfd(pidfd, fd).value;
  return { pid, pidfd, kernel, control, execFifo, fetch };
}

function unshare(kernel: Kernel, flags: number): void {
  if (flags) kernel.at({ step: "namespaces", path: "linux.namespaces" }, () => kernel.unshare(flags));
}

function joinNamespaces(kernel: Kernel, joined: readonly NamespaceConfig[]): void {
  openNamespaces(kernel, joined).rest();
}

/** Opens all namespace files first: the paths are the host's, and may be out of reach from inside. */
function openNamespaces(kernel: Kernel, joined: readonly NamespaceConfig[]) {
  const open = joined.map((namespace) => {
    const where = { step: "namespaces", path: `${namespace.at}.path`, what: JSON.stringify(namespace.path) };
    const fd = kernel.at(where, () => kernel.openat(AT_FDCWD, namespace.path!, O_CLOEXEC));
    return { namespace, where, fd, early: undefined as Result | undefined };
  });
  const others = open.filter(({ namespace }) => namespace.type !== "user");
  const setns = ({ where, fd, namespace }: typeof open[number], accept: readonly number[] = []) =>
    kernel.at(where, () => kernel.call("setns", [fd, namespace.flag], { accept }));
  return {
    /** Joins all but the user namespace, as far as that is permitted already. */
    early() {
      for (const entry of others) entry.early = setns(entry, [EPERM]);
    },
    user() {
      for (const entry of open) {
        if (others.includes(entry)) continue;
        setns(entry);
        kernel.close(entry.fd);
      }
    },
    /** Joins what is left, but the user namespace. */
    rest() {
      for (const entry of others) {
        if (entry.early) kernel.when(entry.early, "failed", () => setns(entry));
        else setns(entry);
        kernel.close(entry.fd);
      }
    },
  };
}
