/**
 * A container's init, as answers look at it.
 *
 * @module
 */
import type { AnswerKernel } from "../../ffi/answer.ts";
import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { AT_FDCWD, Out, type Result } from "../../ffi/kernel.ts";
import { Prepared } from "../../ffi/operation.ts";

/** Field 22 of `/proc/<pid>/stat`, counted behind the name (proc_pid_stat(5)). */
const START_TIME = 20;

/** The answer holds only while the process of that start time, and no other of its pid, lives. Returns a pidfd of it. */
export function expectAlive(kernel: AnswerKernel, pid: number, startedAt: number): Result {
  const pidfd = kernel.pidfdOpen(pid, 0);
  kernel.expect(kernel.hasEnded(pidfd), "zero");
  expectStartedAt(kernel, pid, startedAt);
  return pidfd;
}

/** The answer holds only while a pid is that of the process which started then. */
export function expectStartedAt(kernel: AnswerKernel, pid: number, startedAt: number): void {
  const text = new Prepared(new TextEncoder().encode(`${pid}\0`));
  kernel.expectValue(startTime(kernel, text), startedAt);
}

/** The start time of a process, in clock ticks since boot. */
export function startTime(kernel: AnswerKernel, pid: Out): Result {
  const { text: path } = kernel.text(64, "/proc/", pid, "/stat"), line = new Out(1024);
  const fd = kernel.call("openat", [AT_FDCWD, path, O_CLOEXEC, 0]);
  kernel.call("read", [fd, line, line.size - 1]);
  kernel.close(fd);
  return kernel.call("field", [line, START_TIME]);
}
