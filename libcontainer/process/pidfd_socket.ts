import { errnoText } from "../errno_text.ts";
import { SOCK_STREAM } from "../../ffi/constants/socket.ts";
import type { Fd, Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RuntError } from "../error.ts";
import { connectUnixSocket, sendDescriptor } from "./unix_socket.ts";

/** What the message with the pidfd says: runc's name for the kind of process. */
export type ProcessKind = "standard" | "setns";

/**
 * `--pidfd-socket`: who listens there is sent a pidfd of the container's process, as runc sends it. Unlike a pid it can
 * never be another process's.
 */
export class PidfdSocket {
  readonly #path: string;
  readonly #from: string;
  #socket: number | undefined;

  /**
   * @param path of a listening unix stream socket
   * @param from the directory that a relative path is taken from: runc changes to the bundle
   */
  constructor(path: string, from = "") {
    this.#path = path;
    this.#from = from;
  }

  /**
   * Connects, before there is a process.
   *
   * @throws {RuntError} `io` with runc's text
   */
  connect(kernel: Kernel): void {
    try {
      this.#socket = connectUnixSocket(kernel, this.#path, SOCK_STREAM, this.#from);
    } catch (cause) {
      // runc's spelling.
      throw new RuntError("io", `failed to dail ${this.#path}`, { cause });
    }
  }

  /**
   * Sends it, and hangs up.
   *
   * @param kind `standard` for a container's init, `setns` for what is executed in one
   * @throws {RuntError} `io` with runc's text, when nobody is there any more
   */
  send(kernel: Kernel, kind: ProcessKind, pidfd: Fd): void {
    if (this.#socket === undefined) throw new RuntError("internal", "the pidfd socket is not connected");
    try {
      sendDescriptor(kernel, this.#socket, kind, pidfd);
    } catch (error) {
      const reason = error instanceof KernelError ? `: sendmsg: ${errnoText(error)}` : "";
      throw new RuntError("io", `failed to setup pidfd: failed to send pidfd on socket${reason}`);
    } finally {
      this.close(kernel);
    }
  }

  /** Hangs up. */
  close(kernel: Kernel): void {
    if (this.#socket !== undefined) kernel.close(this.#socket);
    this.#socket = undefined;
  }
}
