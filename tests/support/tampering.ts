/**
 * Commands of runt that are killed, or made to fail, at system calls all over their course, by strace(1): it counts the
 * calls of each name, and tampers with the n-th one.
 *
 * @module
 */

/** Calls of V8's threads and of the start of Deno: what they fail with is none of ours. */
const NOT_OURS = new Set(
  ("futex madvise mprotect munmap brk rseq set_robust_list sched_getaffinity gettid exit exit_group execve " +
    "epoll_wait epoll_ctl epoll_create1 eventfd2 clone poll ppoll sched_yield getrandom prlimit64 rt_sigreturn mmap " +
    "clock_nanosleep restart_syscall wait4 arch_prctl set_tid_address access pread64 sigaltstack sysinfo uname membarrier " +
    "pkey_alloc pkey_free nanosleep tgkill getpid sched_setaffinity prctl_self dup2 fadvise64 readlink getcwd lseek")
    .split(" "),
);

/** A call by its name, and which of that name a process makes it is. */
export type Place = readonly [call: string, nth: number];

/**
 * The calls that a log of `strace -f` has, of runt and of the processes that it makes; of these as many as `most`,
 * evenly.
 *
 * @param start what stands in the first line that is runt's, and not the start's of Deno
 */
export function placesIn(log: string, start: string, most: number): Place[] {
  const counts = new Map<string, number>(), places = new Map<string, Place>();
  let ours = false;
  for (const line of log.split("\n")) {
    const match = /^(\d+)\s+(\w+)\(/.exec(line);
    if (!match) continue;
    ours ||= line.includes(start);
    const [, pid, call] = match, key = `${pid} ${call}`, nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    if (ours && !NOT_OURS.has(call!)) places.set(`${call} ${nth}`, [call!, nth]);
  }
  const all = [...places.values()], stride = Math.max(1, all.length / most);
  return Array.from({ length: Math.floor(all.length / stride) }, (_, i) => all[Math.floor(i * stride)]!);
}

/**
 * strace's arguments to tamper with one call.
 *
 * @param what such as `signal=SIGKILL` or `error=ENOMEM`
 */
export function tampering([call, nth]: Place, what: string): string[] {
  const inject = `inject=${call}:${what}:when=${nth}`;
  return ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", inject];
}
