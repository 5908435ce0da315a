import { readStartFacts, wasOpenAtStart } from "../../ffi/start_facts.ts";
import { RuntError } from "../error.ts";

/** The first descriptor that is passed (`SD_LISTEN_FDS_START`). */
const FIRST = 3;

/**
 * How many sockets a service manager has passed, from descriptor 3 on (`sd_listen_fds(3)`): `LISTEN_FDS`, if
 * `LISTEN_PID` says that they are for this process.
 *
 * @param read a variable of the environment
 * @throws {RuntError} for one that is not there, else a descriptor of runt's own would go to the container
 */
export function listenFds(read: (name: string) => string | undefined, pid: number): number {
  if (integer(read("LISTEN_PID")) !== pid) return 0;
  const count = integer(read("LISTEN_FDS"));
  if (count === undefined || count <= 0) return 0;
  const start = readStartFacts();
  for (let fd = FIRST; fd < FIRST + count; fd++) {
    if (wasOpenAtStart(start, fd) !== false) continue;
    throw new RuntError("usage", `LISTEN_FDS is ${count}, but descriptor ${fd} is not open`);
  }
  return count;
}

/** The variables that the container's program, process 1 of its namespace, finds them by. */
export function listenVariables(count: number): string[] {
  return count > 0 ? [`LISTEN_FDS=${count}`, "LISTEN_PID=1"] : [];
}

/** A decimal number as Go's `strconv.Atoi` takes it: one that is too large is none. */
function integer(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
  return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}
