import { S_IFCHR, S_IFIFO, S_IFMT, S_IFSOCK } from "../../ffi/constants/stat.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";
import { STAT, STAT_SIZE } from "../../ffi/structs/stat.ts";
import type { StdioOwner } from "../init/context.ts";

/** Device 1:3, `/dev/null`, as `st_rdev` has it. */
export const NULL_DEVICE = 0x103;

/** The streams of a process with a terminal of its own: one file, which is to be the user's. */
export const TERMINAL_STREAMS: readonly StdioOwner[] = [{ fd: 0, uid: -1, isDevNull: false }];

/** Standard streams that are written to and that no process of another user shall have: files and terminals. */
export function streamsToCopy(kernel: Kernel): number[] {
  return inspectStandardStreams(kernel, true).slice(1)
    .filter(({ stays, isDevNull }) => stays && !isDevNull).map(({ fd }) => fd);
}

/**
 * Who owns the standard streams of this process, which the container's process inherits (`fstat(2)`).
 *
 * Those of a caller who waits stay his, but for pipes: his terminal and his files would be another's afterwards. What
 * is written to such goes through pipes (`copied_streams.ts`).
 *
 * @param callerWaits for the process's end
 */
export function inspectStandardStreams(kernel: Kernel, callerWaits: boolean): StdioOwner[] {
  return [0, 1, 2].map((fd) => {
    const out = new Out(STAT_SIZE);
    kernel.fstat(fd, out);
    const { view } = out;
    const type = view.getUint32(STAT.mode, true) & S_IFMT;
    return {
      fd,
      uid: view.getUint32(STAT.uid, true),
      stays: callerWaits && type !== S_IFIFO && type !== S_IFSOCK,
      isDevNull: type === S_IFCHR && Number(view.getBigUint64(STAT.rdev, true)) === NULL_DEVICE,
    };
  });
}
