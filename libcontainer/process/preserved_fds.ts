import { F_GETFD } from "../../ffi/constants/fcntl.ts";
import { EBADF } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { readStartFacts, wasOpenAtStart } from "../../ffi/start_facts.ts";
import { RuntError } from "../error.ts";

/** The first descriptor beside the standard streams. */
export const FIRST_PRESERVED = 3;

/**
 * Sees to it that each preserved descriptor is one that the caller passed, not one that Deno opened for itself.
 *
 * @param count of all of them
 * @param others how many of these were not asked for by `--preserve-fds`, and come first
 * @throws {RuntError} with runc's text
 */
export function checkPreserved(kernel: Kernel, count: number, others = 0): void {
  const start = readStartFacts();
  for (let i = 0; i < count; i++) {
    const fd = FIRST_PRESERVED + i;
    const flags = kernel.fcntl(fd, F_GETFD, 0, { accept: [EBADF] });
    // Deno opens its own close-on-exec; what is inherited is not.
    const inherited = flags.ok && (wasOpenAtStart(start, fd) ?? flags.value === 0);
    if (inherited) continue;
    throw new RuntError(
      "usage",
      `unable to stat preserved-fd ${i - others} (of ${
        count - others
      }): stat /proc/self/fd/${fd}: no such file or directory`,
    );
  }
}
