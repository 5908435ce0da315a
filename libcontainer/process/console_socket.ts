import { SOCK_STREAM } from "../../ffi/constants/socket.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import { connectUnixSocket, sendDescriptor } from "./unix_socket.ts";
import type { TerminalEnd } from "./terminal.ts";

/** What runc calls the master that it sends. */
const NAME = "/dev/ptmx";

/** The caller of a detached container shows the terminal: its master is sent over a socket. */
export class ConsoleSocket implements TerminalEnd {
  readonly #kernel: LocalKernel;
  readonly #socket: number;

  /**
   * Connects.
   *
   * @param from the directory that a relative path is taken from: runc changes to the bundle
   * @throws {RuntError} when nobody listens
   */
  constructor(kernel: LocalKernel, path: string, from: string) {
    this.#kernel = kernel;
    this.#socket = connectUnixSocket(kernel, path, SOCK_STREAM, from);
  }

  /** Sends the master. */
  take(master: number): void {
    this.#kernel.at({ step: "terminal", what: "--console-socket" }, () => {
      sendDescriptor(this.#kernel, this.#socket, NAME, master);
    });
    this.#kernel.close(master);
  }

  /** Nothing: it is the receiver's. */
  relay(): void {}

  [Symbol.dispose](): void {
    // As in `ContainerLock`: no error takes the place of another.
    this.#kernel.close(this.#socket, { accept: "any" });
  }
}
