import { RuntError } from "../error.ts";

/**
 * Whether a process with a terminal, or without, can be had in the way that the command line says: somebody must show
 * what there is, and nobody is told of what there is not.
 *
 * @throws {RuntError} with runc's text
 */
export function checkTerminal(terminal: boolean, detach: boolean, consoleSocket: string | undefined): void {
  if (detach && terminal && !consoleSocket) {
    const message = "cannot allocate tty if runc will detach without setting console socket";
    throw new RuntError("usage", message, { path: "process.terminal" });
  }
  if ((!detach || !terminal) && consoleSocket) {
    throw new RuntError("usage", "cannot use console socket if runc will not detach or allocate tty");
  }
}
