import {
  CLONE_CLEAR_SIGHAND,
  CLONE_INTO_CGROUP,
  CLONE_PARENT,
  CLONE_PIDFD,
  CLONE_VFORK,
  CLONE_VM,
} from "./constants/clone.ts";
import { F_ADD_SEALS, MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_EXEC } from "./constants/fcntl.ts";
import { SIG_SETMASK, SIGCHLD, SIGKILL } from "./constants/signal.ts";
import { SOCK_SEQPACKET } from "./constants/socket.ts";
import { __WALL, P_PID, WEXITED } from "./constants/wait.ts";
import { writeInitImage } from "./init_image/elf.ts";
import { Out, stringVector } from "./kernel.ts";
import type { LocalKernel } from "./local.ts";
import { ALL_SEALS, createMemfd } from "./memfd.ts";
import type { Native } from "./native.ts";
import type { Block } from "./operation.ts";
import { makeSocketPair } from "./pairs.ts";
import { RemoteKernel } from "./remote.ts";
import { CLONE_ARGS_SIZE, encodeCloneArgs } from "./structs/clone_args.ts";
import { encodeSigset } from "./structs/sigaction.ts";
import { SIGINFO_SIZE } from "./structs/siginfo.ts";
import type { Transcript } from "./transcript.ts";
import { Writer } from "./writer.ts";

/** What {@linkcode spawn} makes. */
export interface SpawnOptions {
  /** `CLONE_NEW*` flags of the namespaces that it starts in. */
  readonly namespaces: number;
  /** A cgroup v2 directory that it starts in (`CLONE_INTO_CGROUP`). */
  readonly cgroupFd?: number;
  /** Its `argv`, which is all that `ps(1)` shows of it. */
  readonly argv: readonly string[];
  /** Told of the process as soon as it is there, so that no failure loses it. */
  onSpawn(pidfd: number): void;
  /** Where to write down what it is sent and answers. */
  readonly transcript?: Transcript | undefined;
  /** Descriptors below this number are left to the caller's program; the control socket lies above. */
  readonly firstFreeFd: number;
}

/** A process that runs what it is sent. */
export interface Spawned {
  readonly pid: number;
  /** A pidfd of it, close-on-exec. */
  readonly pidfd: number;
  /** Its calls. */
  readonly kernel: RemoteKernel;
  /** The number of the control socket over there. */
  readonly control: number;
}

/** A sealed memfd with the init image for a control socket of that number (`memfd_create(2)`, `F_ADD_SEALS`). */
function sealInitImage(native: Native, local: LocalKernel, control: number): number {
  const image = createMemfd(local, "runt-init", MFD_CLOEXEC | MFD_ALLOW_SEALING, MFD_EXEC);
  local.write(image, writeInitImage(native.code, control));
  local.fcntl(image, F_ADD_SEALS, ALL_SEALS);
  return image;
}

/**
 * Makes a process out of the init image (`clone3(2)` and `execveat(2)`, nothing between them).
 *
 * ```
 *   runt ── clone3(VM|VFORK|PIDFD|CLEAR_SIGHAND|namespaces) ──▶ child: dup3(socket → control), execveat(image)
 *   runt ◀─────────────── control socket (SEQPACKET) ─────────▶ image: read, run, answer, …
 * ```
 *
 * @throws {KernelError} when the kernel refuses
 */
export function spawn(native: Native, local: LocalKernel, options: SpawnOptions): Spawned {
  const [ours, theirs] = makeSocketPair(local, SOCK_SEQPACKET);
  // The child's copy of the socket must lie above all that the caller preserves, and on nothing that we use.
  const control = Math.max(options.firstFreeFd, ours + 1, theirs + 1) + 2;
  let image: number | undefined;
  try {
    image = sealInitImage(native, local, control);
    const out = new Out(4), pid = clone(native, local, image, theirs, control, out, options);
    const pidfd = out.view.getInt32(0, true), { transcript, namespaces, cgroupFd } = options;
    options.onSpawn(pidfd);
    if (transcript) transcript.spawned = { namespaces, control, intoCgroup: cgroupFd !== undefined };
    return { pid, pidfd, kernel: new RemoteKernel(native, ours, transcript), control };
  } catch (error) {
    local.close(ours);
    throw error;
  } finally {
    local.close(theirs);
    if (image !== undefined) local.close(image);
  }
}

function clone(
  native: Native,
  local: LocalKernel,
  image: number,
  socket: number,
  control: number,
  pidfd: Out,
  { namespaces, cgroupFd, argv }: SpawnOptions,
): number {
  // Nothing may interrupt the child between clone and exec: it shares our memory. The mask is put back after.
  const before = new Out(8);
  local.rtSigprocmask(SIG_SETMASK, encodeSigset(), before);
  const into = cgroupFd === undefined ? 0 : CLONE_INTO_CGROUP;
  const flags = CLONE_VM + CLONE_VFORK + CLONE_PIDFD + CLONE_CLEAR_SIGHAND + into + (namespaces >>> 0);
  const cloneArgs = encodeCloneArgs({ flags, pidfd, exitSignal: SIGCHLD, cgroup: cgroupFd ?? 0 });
  const args = stringVector(argv);
  const writer = new Writer(native.arena, native.arenaAddress), outs = new Map<Out, number>();
  const place = (arg: Block | Uint8Array) => Number(writer.place(arg, outs));
  const pid = native.spawn(
    place(cloneArgs),
    CLONE_ARGS_SIZE,
    image,
    place(args),
    place(new Uint8Array(8)),
    socket,
    control,
  );
  const at = outs.get(pidfd)!;
  pidfd.bytes = native.arena.slice(at, at + 4);
  // Never fails; if it did, the child must still become known to the caller.
  local.call("rt_sigprocmask", [SIG_SETMASK, before.bytes, 0, 8], { accept: "any" });
  if (pid < 0) local.fail("clone3", [flags], -pid);
  return pid;
}

/** A child of a spawned process, in the namespaces that its parent has made or joined for its children. */
export interface Forked {
  readonly pid: number;
  readonly pidfd: number;
  /** The number of the control socket over there. */
  readonly control: number;
}

/** A socket to another process, such as the control socket of a child that is still to be made. */
export interface PreparedSocket {
  /** Our end. */
  readonly socket: number;
  /** The other end's number over there. */
  readonly control: number;
}

/**
 * Makes a socket, for {@linkcode forkInto} its control socket: a pair made over there, one end fetched. `pidfd_getfd(2)` needs
 * the rights of a tracer: a caller who is not root has them only as long as the process is dumpable.
 *
 * @param type `SOCK_*`
 */
export function prepareSocket(
  local: LocalKernel,
  { kernel, pidfd }: Spawned,
  type = SOCK_SEQPACKET,
): PreparedSocket {
  const [ours, theirs] = makeSocketPair(kernel, type);
  const socket = local.pidfdGetfd(pidfd, ours).value;
  kernel.close(ours);
  return { socket, control: theirs };
}

/**
 * Goes on in a child of the spawned process: needed to enter a pid namespace, which only children do. The child is
 * runt's own (`CLONE_PARENT`), has a copy of the arena, and a control socket of its own. The first process ends at its
 * end of file.
 *
 * @param local this process
 * @param spawned the process that forks; it is in runt's own pid namespace
 * @param namespaces `CLONE_NEW*` flags of namespaces that the child makes
 * @param prepared the child's socket, made now when not given
 */
export function forkInto(
  local: LocalKernel,
  spawned: Spawned,
  namespaces = 0,
  prepared: PreparedSocket = prepareSocket(local, spawned),
): Forked {
  const { kernel, control } = spawned, { socket, control: theirs } = prepared;
  // No CLONE_CLEAR_SIGHAND: the image's handlers are the child's, too. CLONE_PARENT requires exit_signal 0.
  const child = kernel.clone3(encodeCloneArgs({ flags: CLONE_PARENT + (namespaces >>> 0) }));
  kernel.when(child, "zero", () => {
    kernel.call("control", [theirs]);
    kernel.close(control);
  });
  kernel.flush();
  // The pid is one of the caller's namespace, whichever the child is in, and nobody else's: it is our child, not reaped.
  const pid = child.value, pidfd = openChild(local, pid);
  kernel.switchTo(socket);
  // The child answers the batch that made it, too.
  kernel.discardReply();
  return { pid, pidfd, control: theirs };
}

/** A pidfd of a child. Nobody could end one without, and whoever undoes what was done needs it gone: it is ended here. */
function openChild(local: LocalKernel, pid: number): number {
  try {
    return local.pidfdOpen(pid, 0).value;
  } catch (error) {
    local.kill(pid, SIGKILL, { accept: "any" });
    local.waitid(P_PID, pid, new Out(SIGINFO_SIZE), WEXITED | __WALL, { accept: "any" });
    throw error;
  }
}
