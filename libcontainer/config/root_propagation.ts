import { MS_PRIVATE, MS_REC, MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from "../../ffi/constants/mount.ts";

/**
 * `linux.rootfsPropagation` as `MS_*` flags; 0 when absent, which makes the root a slave of the host's.
 *
 * @param name `shared`, `slave`, `private` or `unbindable`, each with `r` for recursive
 */
export function rootPropagation(name: string | undefined): number {
  const flags: Readonly<Record<string, number>> = {
    private: MS_PRIVATE,
    rprivate: MS_PRIVATE | MS_REC,
    shared: MS_SHARED,
    rshared: MS_SHARED | MS_REC,
    slave: MS_SLAVE,
    rslave: MS_SLAVE | MS_REC,
    unbindable: MS_UNBINDABLE,
    runbindable: MS_UNBINDABLE | MS_REC,
  };
  return flags[name ?? ""] ?? 0;
}
