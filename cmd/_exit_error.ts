import { type ErrorCode, RuntError, type RuntErrorDetails } from "../libcontainer/error.ts";

/** A failure that ends the command with an exit code of its own, where runc's is not 1. */
export class ExitError extends RuntError {
  readonly exitCode: number;

  /**
   * @param exitCode what the command ends with
   * @param code what kind of thing went wrong
   * @param message action, object, state; no full stop
   * @param details hint, cause
   */
  constructor(exitCode: number, code: ErrorCode, message: string, details?: RuntErrorDetails) {
    super(code, message, details);
    this.exitCode = exitCode;
  }
}
