import { RLIMIT_NOFILE } from "../../ffi/constants/resource.ts";
import { EPERM } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { ProcessConfig } from "../config/config.ts";
import { RuntError } from "../error.ts";

/**
 * Sets the limits of a process (`prlimit(2)`), late: a low one must not get in the way of setting the rest up.
 *
 * @param kernel this process's, which may raise limits that a user namespace's root may not
 * @param pid the process
 * @param nofile what the caller of runt had before Deno raised it; used where the config says nothing
 */
export function setRlimits(
  kernel: Kernel,
  pid: number,
  { rlimits }: ProcessConfig,
  nofile: { readonly soft: bigint; readonly hard: bigint } | undefined,
): void {
  if (nofile && !rlimits.some(({ resource }) => resource === RLIMIT_NOFILE)) {
    kernel.prlimit(pid, RLIMIT_NOFILE, nofile.soft, nofile.hard);
  }
  for (const { resource, soft, hard, at } of rlimits) {
    try {
      kernel.at(
        { step: "rlimits", path: at },
        () => kernel.prlimit(pid, resource, BigInt(soft), BigInt(hard)),
      );
    } catch (cause) {
      if (!(cause instanceof KernelError) || cause.errno !== EPERM) throw cause;
      throw new RuntError("kernel", `error setting rlimits: cannot set the hard limit to ${hard}`, {
        path: at,
        cause,
        hint: "It is over the hard limit of runt's caller, and raising that needs CAP_SYS_RESOURCE",
      });
    }
  }
}
