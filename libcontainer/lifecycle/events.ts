import { POLLIN } from "../../ffi/constants/poll.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { openOomNotice } from "../cgroups/oom_notice.ts";
import { readStats } from "../cgroups/stats/read_stats.ts";
import type { Stats } from "../cgroups/stats/stats.ts";
import { RuntError } from "../error.ts";
import { isAlive, NO_PROCESS } from "../process/process_stat.ts";
import { type Container, loadContainer } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/** What happens to a container, as `events` tells it. */
export type ContainerEvent =
  | { readonly type: "stats"; readonly id: string; readonly data: Stats }
  | { readonly type: "oom"; readonly id: string };

/**
 * What a container uses now.
 *
 * @throws {RuntError} `wrong-state` with runc's text when it has stopped
 */
export function containerStats(runtime: RuntimeOptions, id: string): ContainerEvent {
  return statsEvent(loadRunning(runtime, id));
}

/**
 * Tells what a container uses, again and again, and when it runs out of memory, until it stops.
 *
 * @param interval milliseconds
 * @param tell gets each event; false ends it
 * @throws {RuntError} as {@linkcode containerStats}
 */
export function watchContainer(
  runtime: RuntimeOptions,
  id: string,
  interval: number,
  tell: (event: ContainerEvent) => boolean,
): void {
  const container = loadRunning(runtime, id),
    { init_process_pid: pid, init_process_start: start } = container.state;
  const kernel = new LocalKernel(openNative());
  const pidfd = kernel.pidfdOpen(pid, 0, { accept: NO_PROCESS });
  const notice = openOomNotice(kernel, container.cgroup);
  // A pidfd is readable when its process has ended.
  const waitFor = encodePollfds([
    { fd: pidfd.ok ? pidfd.value : -1, events: POLLIN },
    ...(notice ? [notice.waitFor] : []),
  ]);
  let next = Date.now() + interval;
  for (;;) {
    const left = Math.min(Math.max(0, next - Date.now()), 0x7fffffff);
    kernel.poll(waitFor, waitFor.length / 8, left);
    const alive = pidfd.ok && isAlive(pid, start);
    // What ended it may have been that.
    if (notice?.take() && !tell({ type: "oom", id })) return;
    if (!alive) return;
    if (Date.now() < next) continue;
    next += interval;
    if (!tell(statsEvent(container))) return;
  }
}

function loadRunning(runtime: RuntimeOptions, id: string): Container {
  const container = loadContainer(runtime, id);
  if (container.status !== "stopped") return container;
  throw new RuntError("wrong-state", `container with id ${id} is not running`);
}

function statsEvent({ id, cgroup }: Container): ContainerEvent {
  return { type: "stats", id, data: readStats(cgroup) };
}
