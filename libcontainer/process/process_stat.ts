import { EINVAL, ESRCH } from "../../ffi/errno.ts";
import { readTextFile } from "../../ffi/files.ts";

/** What `/proc/<pid>/stat` says of a process (`proc_pid_stat(5)`). */
export interface ProcessStat {
  /** `R`, `S`, `D`, `T`, `Z`, `X`, … */
  readonly state: string;
  /** Clock ticks from boot to its start. */
  readonly startTime: number;
}

/** Reads it; undefined when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readTextFile(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The command may hold blanks and parentheses: fields are counted from the last one. State is field 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "X", startTime: Number(fields[19]) };
}

/**
 * What `pidfd_open(2)` fails with where there is no such process: EINVAL is for one that is being reaped, whose number is
 * not free yet.
 */
export const NO_PROCESS: readonly number[] = [ESRCH, EINVAL];

/** Whether the process that started then still lives; a zombie does not. */
export function isAlive(pid: number, startTime: number): boolean {
  if (pid <= 0) return false;
  const stat = readProcessStat(pid);
  return stat !== undefined && stat.startTime === startTime && stat.state !== "Z" && stat.state !== "X";
}

/** The pid of the process that a pidfd of ours is of (`pidfd_open(2)`); undefined when it is gone. */
export function pidOf(pidfd: number): number | undefined {
  try {
    const pid = Number(/^Pid:\s*(\d+)$/m.exec(Deno.readTextFileSync(`/proc/self/fdinfo/${pidfd}`))?.[1]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
