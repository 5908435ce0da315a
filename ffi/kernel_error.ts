import { errnoName } from "./errno.ts";
import { type Arg, At, Block, Named, type Operation, Out, Result, type Where, Word } from "./operation.ts";

/** A system call that failed, with all that is known of it. */
export class KernelError extends Error {
  override readonly name = "KernelError";
  /** The call, such as `mount`. */
  readonly syscall: string;
  /** The error number, positive. */
  readonly errno: number;
  /** Its name, such as `EPERM`. */
  readonly errnoName: string;
  /** For whom the call was made. */
  readonly where: Where;
  /** The arguments as text. */
  readonly args: string;

  /**
   * @param operation the call that failed
   * @param errno positive error number
   * @param text what the C library says of it (`strerror(3)`)
   */
  constructor(operation: Operation, errno: number, text: string) {
    const args = operation.args.map(formatArg).join(", ");
    super(`${formatWhere(operation.where)}${operation.name}(${args}): ${errnoName(errno)}: ${text}`);
    this.syscall = operation.name;
    this.errno = errno;
    this.errnoName = errnoName(errno);
    this.where = operation.where;
    this.args = args;
  }
}

/** The peer that runs the calls is gone: its process died, or was killed. */
export class PeerGoneError extends Error {
  override readonly name = "PeerGoneError";

  /** @param where what was being done */
  constructor(readonly where: Where) {
    super(`${formatWhere(where)}the process that does it died`);
  }
}

function formatWhere({ step, path, what }: Where): string {
  const place = [path ?? step, what].filter(Boolean).join(" ");
  return place ? `${place}: ` : "";
}

/** An argument as a person would write it: strings quoted, structs as `{…}`, numbers plain or hex when large. */
export function formatArg(arg: Arg): string {
  if (typeof arg === "string") return JSON.stringify(arg);
  if (arg instanceof Named) return JSON.stringify(arg.before + arg.name + arg.after);
  if (arg instanceof Uint8Array || arg instanceof Block) return "{…}";
  if (arg instanceof Out || arg instanceof At) return "&out";
  if (arg instanceof Word) return "&word";
  if (arg instanceof Result) return arg.raw === undefined ? "?" : String(arg.raw);
  return arg >= 4096 ? `0x${arg.toString(16)}` : String(arg);
}
