/**
 * `NOTIFY_SOCKET` (`sd_notify(3)`): a program in a container tells the service manager outside that it is ready.
 *
 * ```
 *  program ──▶ /run/notify/notify.sock ──▶ runt ──▶ $NOTIFY_SOCKET
 *   READY=1     (below the state directory)          READY=1, MAINPID=…, BARRIER=1 with a pipe
 * ```
 *
 * The container does not get the host's socket, by which it could say anything: only that it is ready is passed on.
 *
 * @module
 */
import { makePipe } from "../../ffi/pairs.ts";
import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { POLLIN } from "../../ffi/constants/poll.ts";
import { AF_UNIX, MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_CLOEXEC, SOCK_DGRAM } from "../../ffi/constants/socket.ts";
import { EAGAIN } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, fdNumber, type Kernel, Out } from "../../ffi/kernel.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { RuntError } from "../error.ts";
import type { Logger } from "../log.ts";
import { bindUnixSocket, connectUnixSocket, sendDescriptor } from "../process/unix_socket.ts";
import type { Spec } from "../spec/mod.ts";

const DIRECTORY = "notify", NAME = "notify.sock", IN_CONTAINER = "/run/notify";
/** How often the caller may do something else while it waits; as often as runc looks whether the init is there. */
const IDLE_MS = 100;
/** How long the service manager may take to read what it was sent, as in runc. */
const BARRIER_MS = 30_000;
/** More than a socket keeps (`net.unix.max_dgram_qlen`, 512 where it was raised). */
const MESSAGES_AT_ONCE = 1000;
/** A longer message is cut, as in runc. */
const MESSAGE_SIZE = 4096;

/** Whose readiness is told to whom. */
export interface Readiness {
  /** Of the init: when it ends there is nothing to wait for. */
  readonly pidfd: Fd;
  /** Whom the service manager shall watch. */
  readonly mainPid: number;
  readonly log: Logger;
  /** Called now and then while there is nothing to do. */
  readonly idle?: () => void;
  /** Milliseconds; for tests. */
  readonly barrier?: number;
}

/** The socket of one container. */
export class NotifySocket {
  readonly #host: string;
  readonly #directory: string;
  #socket: number | undefined;

  /**
   * @param host the service manager's socket: the value of `NOTIFY_SOCKET`
   * @param stateDirectory of the container
   */
  constructor(host: string, stateDirectory: string) {
    this.#host = host;
    this.#directory = `${stateDirectory}/${DIRECTORY}`;
  }

  /** Whether the container was made with one. */
  get exists(): boolean {
    try {
      return Deno.lstatSync(this.#directory).isDirectory;
    } catch {
      return false;
    }
  }

  /** What the container sees of it: a mount and a variable, added to its spec. */
  addTo(spec: Spec): Spec {
    const options = ["bind", "nosuid", "noexec", "nodev", "ro"];
    const mount = { destination: IN_CONTAINER, source: this.#directory, options };
    const { process, mounts = [] } = spec, variable = `NOTIFY_SOCKET=${IN_CONTAINER}/${NAME}`;
    return {
      ...spec,
      mounts: [...mounts, mount],
      ...(process && { process: { ...process, env: [...process.env ?? [], variable] } }),
    };
  }

  /** Makes the directory that is mounted into the container; the socket may come later. */
  makeDirectory(kernel: Kernel): void {
    kernel.mkdirat(AT_FDCWD, this.#directory, 0o755);
  }

  /** Makes the socket, before the program runs. Any user of the container may write to it. */
  bind(kernel: Kernel): void {
    const socket = kernel.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0).value;
    // Its mode from the start: a chmod(2) of the path could meet what the container put there.
    const umask = kernel.umask(0).value;
    try {
      bindUnixSocket(kernel, socket, `${this.#directory}/${NAME}`);
    } finally {
      kernel.umask(umask);
    }
    this.#socket = socket;
  }

  /**
   * Waits until the container is ready, or has ended, and tells the service manager. Nobody listens in the container
   * afterwards.
   *
   * @throws {RuntError} `io` when the service manager cannot be told
   */
  forward(kernel: Kernel, readiness: Readiness): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    try {
      const host = connectUnixSocket(kernel, this.#host, SOCK_DGRAM);
      try {
        const ready = awaitReady(kernel, socket, readiness);
        if (ready !== undefined) tellHost(kernel, host, ready, readiness);
      } finally {
        kernel.close(host);
      }
    } finally {
      kernel.close(socket);
      this.#socket = undefined;
    }
  }
}

/** The line that says so; undefined when the init has ended without a word. */
function awaitReady(kernel: Kernel, socket: number, { pidfd, idle }: Readiness): string | undefined {
  const init = fdNumber(pidfd);
  const both = encodePollfds([{ fd: socket, events: POLLIN }, { fd: init, events: POLLIN }]);
  const end = encodePollfds([{ fd: init, events: POLLIN }]);
  for (;;) {
    kernel.poll(both, 2, idle ? IDLE_MS : -1);
    // Before its messages are read: what it sent before it ended is there by then.
    const ended = kernel.poll(end, 1, 0).value > 0;
    // One who never stops to talk shall keep neither the end nor the caller from being seen to.
    for (let count = 0; count < MESSAGES_AT_ONCE; count++) {
      const text = receive(kernel, socket);
      if (text === undefined) break;
      const ready = text.split("\n").find((line) => line.startsWith("READY="));
      if (ready !== undefined) return ready;
    }
    if (ended) return undefined;
    idle?.();
  }
}

function receive(kernel: Kernel, socket: number): string | undefined {
  const out = new Out(MESSAGE_SIZE);
  const got = kernel.call("recvfrom", [socket, out, out.size, MSG_DONTWAIT, 0, 0], { accept: [EAGAIN] });
  return got.ok ? new TextDecoder().decode(out.bytes.subarray(0, got.value)) : undefined;
}

function tellHost(kernel: Kernel, host: number, ready: string, readiness: Readiness): void {
  try {
    send(kernel, host, `${ready}\n`);
    send(kernel, host, `MAINPID=${readiness.mainPid}\n`);
    awaitBarrier(kernel, host, readiness);
  } catch (cause) {
    if (cause instanceof RuntError) throw cause;
    throw new RuntError("io", "cannot notify $NOTIFY_SOCKET", { cause });
  }
}

function send(kernel: Kernel, host: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  kernel.call("sendto", [host, bytes, bytes.length, MSG_NOSIGNAL, 0, 0]);
}

/** `sd_notify_barrier(3)`: the service manager closes the pipe it is sent when it has read all that came before. */
function awaitBarrier(kernel: Kernel, host: number, { log, barrier = BARRIER_MS }: Readiness): void {
  const [near, far] = makePipe(kernel, O_CLOEXEC);
  try {
    try {
      sendDescriptor(kernel, host, "BARRIER=1", far);
    } finally {
      kernel.close(far);
    }
    const closed = kernel.poll(encodePollfds([{ fd: near, events: POLLIN }]), 1, barrier).value > 0;
    if (!closed) return log.warn("Timeout after waiting 30s for barrier. Ignored.");
    // runc's text.
    if (kernel.read(near, new Out(1)).value) {
      throw new RuntError("io", "unexpected read from synchronization pipe");
    }
  } finally {
    kernel.close(near);
  }
}
