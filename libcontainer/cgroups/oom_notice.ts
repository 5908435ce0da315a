/**
 * Word from the kernel that a container runs out of memory.
 *
 * @module
 */
import { exists } from "../../ffi/files.ts";
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from "../../ffi/constants/open.ts";
import { POLLIN, POLLPRI } from "../../ffi/constants/poll.ts";
import { EAGAIN } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel, Out } from "../../ffi/kernel.ts";
import type { PollFd } from "../../ffi/structs/pollfd.ts";
import { systemError, writeCgroupFile } from "./cgroup_file.ts";
import type { CgroupManager } from "./manager.ts";

/** What to wait for, and how to find out what it was. */
export interface OomNotice {
  /** For poll(2). */
  readonly waitFor: PollFd;
  /** Whether there was an OOM since the last time. Never waits. */
  take(): boolean;
}

/**
 * Asks for word; undefined where the container's memory is not controlled.
 *
 * @param kernel of this process
 */
export function openOomNotice(kernel: Kernel, cgroup: CgroupManager): OomNotice | undefined {
  const { mode, paths } = cgroup;
  if (mode === "unified") return watchEventsV2(kernel, paths[""]!);
  return paths.memory === undefined ? undefined : watchOomV1(kernel, paths.memory);
}

/** @see https://docs.kernel.org/admin-guide/cgroup-v1/memory.html#oom-control */
function watchOomV1(kernel: Kernel, dir: string): OomNotice | undefined {
  const control = kernel.openat(AT_FDCWD, `${dir}/memory.oom_control`, O_RDONLY | O_CLOEXEC, 0, {
    accept: "any",
  });
  kernel.flush();
  if (!control.ok) return undefined;
  const event = kernel.eventfd2(0, O_NONBLOCK | O_CLOEXEC);
  kernel.flush();
  try {
    writeCgroupFile(dir, "cgroup.event_control", `${event.value} ${control.value}`);
  } catch (error) {
    // A kernel that does not tell any more.
    if (systemError(error).errno !== 0) return undefined;
    throw error;
  }
  return {
    waitFor: { fd: event.value, events: POLLIN },
    take() {
      const happened = kernel.read(event, new Out(8), { accept: [EAGAIN] });
      kernel.flush();
      return happened.ok && exists(`${dir}/cgroup.event_control`); // its removal is told in the same way
    },
  };
}

/** A file that is polled is ready when it has changed since it was read by the same descriptor. */
function watchEventsV2(kernel: Kernel, dir: string): OomNotice | undefined {
  const file = kernel.openat(AT_FDCWD, `${dir}/memory.events`, O_RDONLY | O_CLOEXEC, 0, { accept: "any" });
  kernel.flush();
  if (!file.ok) return undefined;
  const read = () => {
    const out = new Out(4096);
    kernel.lseek(file, 0, 0, { accept: "any" });
    const size = kernel.read(file, out, { accept: "any" });
    kernel.flush();
    if (!size.ok) return 0;
    const text = new TextDecoder().decode(new Uint8Array(out.view.buffer, out.view.byteOffset, size.value));
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  let known = read();
  return {
    waitFor: { fd: file.value, events: POLLPRI },
    take() {
      const before = known;
      known = read();
      return known > before;
    },
  };
}
