import type { Fd, Kernel } from "../../ffi/kernel.ts";
import type { RootfsContext } from "./context.ts";

/** After how many mounts descriptors are closed that no later step needs. Few containers have so many. */
export const MANY_MOUNTS = 64;
const ALL = 0xffffffff;

/**
 * Closes descriptors of mounts that are made: thousands of mounts would be more than a process may have open.
 *
 * Not where somebody else has descriptors in the process: Deno in self mode, and who is not root, for a terminal.
 *
 * @throws {KernelError} when a mount that was queued fails
 */
export function closeSpare(kernel: Kernel, context: RootfsContext): void {
  const { root, kept, firstFreeFd, openHostSource } = context;
  if (kept === undefined || firstFreeFd === undefined || openHostSource === undefined) return;
  kernel.flush();
  for (const check of root.checks.splice(0)) check();
  // Files are put into /dev by its descriptor.
  root.made = root.made.map(({ config, fd }) => ({
    config,
    fd: config.destination === "/dev" ? fd : undefined,
  }));
  const needed: (Fd | undefined)[] = [
    root.fd,
    root.hostProc,
    ...kept,
    ...root.sources.values(),
    ...root.readonlyLater,
  ];
  for (const { fd } of root.made) needed.push(fd);
  const numbers = needed.map((fd) => typeof fd === "object" ? fd.raw : fd)
    .filter((fd): fd is number => fd !== undefined && fd >= firstFreeFd).sort((a, b) => a - b);
  let first = firstFreeFd;
  for (const fd of numbers) {
    if (fd > first) kernel.closeRange(first, fd - 1, 0);
    first = Math.max(first, fd + 1);
  }
  kernel.closeRange(first, ALL, 0);
}
