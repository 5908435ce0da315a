/**
 * The other end of a container's terminal: who gets its master. Loaded only for a process that has a terminal.
 *
 * ```
 *   runt                                             the container's process
 *   openTerminalEnd()                                openPty(), useTerminal()   (rootfs/pty.ts)
 *   take(fetched) ◀────── pidfd_getfd(master) ────── master
 *   foreground: raw mode, size, relay()              slave on 0, 1, 2, /dev/console
 *   detached: sent over the console socket
 * ```
 *
 * @module
 */
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { CallersTerminal } from "./callers_terminal.ts";
import { ConsoleSocket } from "./console_socket.ts";

/** Who gets the master of a terminal. Disposing of it puts everything back as it was. */
export interface TerminalEnd extends Disposable {
  /**
   * Takes the master, before the program is executed: it finds a terminal that has its size.
   *
   * @param master a descriptor of this process, which is the end's own from now on
   */
  take(master: number): void;

  /**
   * Foreground: copies between the caller's streams and the terminal, until the process has ended and all that was
   * written before is shown. It is not reaped.
   *
   * @param pidfd the process that has the terminal
   * @param onChild called when a child of this process may have ended
   */
  relay(pidfd: number, onChild: () => void): void;
}

/**
 * Opens it, before there is a process: a container that nobody would see is not made.
 *
 * @param consoleSocket where to send the master; undefined in the foreground
 * @param from the directory that a relative path of it is taken from
 * @throws {RuntError} without a terminal of the caller's, or a listener
 */
export function openTerminalEnd(
  native: Native,
  kernel: LocalKernel,
  consoleSocket: string | undefined,
  from: string,
): TerminalEnd {
  if (consoleSocket === undefined) return new CallersTerminal(native, kernel);
  return new ConsoleSocket(kernel, consoleSocket, from);
}
