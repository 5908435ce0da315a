import type { TreeRange } from "./number_tree.ts";
import type { Range } from "./ranges.ts";
import type { Verdict } from "./rules.ts";
import { indexNames, packedNumber, unpackNumber } from "./syscalls.ts";

/** Calls that most programs make most of the time. */
const COMMON =
  "read write close openat fstat newfstatat mmap munmap brk futex epoll_wait epoll_pwait recvfrom sendto " +
  "recvmsg sendmsg ioctl rt_sigprocmask rt_sigaction poll ppoll getpid gettid";

const WEIGHT = 8;

/** Says how much sooner than others a range has to be found: the more, the more of the common calls are in it. */
export function weigh(ranges: readonly Range[]): TreeRange<Verdict>[] {
  const places = indexNames(), { table, base } = ranges[0]!.rules.architecture;
  const common = COMMON.split(" ").map((name) => unpackNumber(packedNumber(table, places.get(name)!)) + base);
  common.sort((a, b) => a - b);
  let next = 0;
  return ranges.map(({ first, verdict }, i) => {
    const end = ranges[i + 1]?.first ?? Infinity;
    let weight = 1;
    for (; next < common.length && common[next]! < end; next++) if (common[next]! >= first) weight += WEIGHT;
    return { first, verdict, weight };
  });
}
