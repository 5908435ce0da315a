import { EINVAL } from "./errno.ts";
import type { Kernel } from "./kernel.ts";
import { F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE } from "./constants/fcntl.ts";

/** Nothing about a file can be changed any more, nor that (`F_ADD_SEALS(2const)`). */
export const ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

/**
 * A file in memory (`memfd_create(2)`).
 *
 * @param kernel whose; what is queued with it is made
 * @param flags that every kernel knows
 * @param executable `MFD_EXEC` or `MFD_NOEXEC_SEAL`: since Linux 6.3 a memfd says whether it may be executed; older
 *   kernels know no such flag
 */
export function createMemfd(kernel: Kernel, name: string, flags: number, executable: number): number {
  const tried = kernel.memfdCreate(name, flags | executable, { accept: [EINVAL] });
  kernel.flush();
  if (tried.ok) return tried.value;
  const made = kernel.memfdCreate(name, flags);
  kernel.flush();
  return made.value;
}
