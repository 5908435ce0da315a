import type { LinuxIDMapping } from "../spec/linux.ts";
import type { Check, CheckContext, Report } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** Most ranges that Linux takes (UID_GID_MAP_MAX_EXTENTS, since 4.15). */
const MOST_RANGES = 340;

/** `linux.uidMappings` and `linux.gidMappings`. Texts are runc's where it has one. */
export const checkIdMappings: Check = (context) => {
  const { spec, options, error, warn } = context;
  const { uidMappings = [], gidMappings = [] } = spec.linux ?? {};
  const given = uidMappings.length > 0 || gidMappings.length > 0;
  checkRanges("linux.uidMappings", uidMappings, error);
  checkRanges("linux.gidMappings", gidMappings, error);
  const namespace = namespaceOf(spec, "user");
  if (namespace === undefined) {
    if (given) {
      error(
        uidMappings.length > 0 ? "linux.uidMappings" : "linux.gidMappings",
        "user namespace mappings specified, but user namespace isn't enabled in the config",
      );
    }
    if (options.rootless) error("linux.namespaces", "rootless container requires user namespaces");
  } else if (namespace.path) {
    if (given) {
      warn(
        "linux.uidMappings",
        "config.json has both a userns path to join and a matching userns mapping specified -- you may only " +
          "provide one. Future versions of runc may return an error with this configuration",
      );
    }
  } else if (!given) {
    error(
      "linux.uidMappings",
      "user namespaces enabled, but no namespace path to join nor mappings to apply specified",
    );
  } else {
    checkMapped(context);
  }
};

/** Everything that the kernel says EINVAL to when it is written to uid_map, user_namespaces(7). */
export function checkRanges(path: string, mappings: readonly LinuxIDMapping[], error: Report): void {
  if (mappings.length > MOST_RANGES) {
    error(path, `impossible mapping: Linux takes at most ${MOST_RANGES} ranges, not ${mappings.length}`);
  }
  for (let i = 0; i < mappings.length; i++) {
    const { containerID, hostID, size } = mappings[i]!;
    const at = `${path}[${i}]`;
    if (size === 0) error(`${at}.size`, "impossible mapping: size must not be 0");
    // 2^32 - 1 is no id.
    if (Math.max(containerID, hostID) + size > 0xffffffff) {
      error(at, "impossible mapping: ids end at 4294967294");
    }
  }
  if (mappings.length > 1 && mappings.length <= MOST_RANGES) checkOverlaps(path, mappings, error);
}

function checkOverlaps(path: string, mappings: readonly LinuxIDMapping[], error: Report): void {
  for (const side of ["containerID", "hostID"] as const) {
    const sorted = mappings.map((mapping, index) => ({ first: mapping[side], size: mapping.size, index }))
      .sort((a, b) => a.first - b.first);
    for (let i = 1; i < sorted.length; i++) {
      const lower = sorted[i - 1]!, upper = sorted[i]!;
      if (lower.first + lower.size > upper.first) {
        const [a, b] = [lower.index, upper.index].sort((x, y) => x - y);
        error(`${path}[${b}].${side}`, `impossible mapping: the range overlaps with that of ${path}[${a}]`);
      }
    }
  }
}

/** Whether the ids that the container cannot do without are mapped. */
function checkMapped({ spec, error }: CheckContext): void {
  const user = spec.process?.user;
  for (const kind of ["uid", "gid"] as const) {
    const mappings = spec.linux?.[`${kind}Mappings`] ?? [];
    const path = `linux.${kind}Mappings`;
    if (mappings.length === 0) {
      error(path, `user namespaces enabled, but no ${kind} mappings found`);
      continue;
    }
    if (!isMapped(0, mappings)) error(path, `user namespaces enabled, but no mapping found for ${kind} 0`);
    const id = user?.[kind] ?? 0;
    if (id !== 0 && !isMapped(id, mappings)) {
      error(`process.user.${kind}`, `cannot set${kind} to unmapped ${kind} ${id} in user namespace`);
    }
  }
  const groups = user?.additionalGids ?? [];
  for (let i = 0; i < groups.length; i++) {
    if (!isMapped(groups[i]!, spec.linux?.gidMappings ?? [])) {
      error(`process.user.additionalGids[${i}]`, `cannot set unmapped gid ${groups[i]} in user namespace`);
    }
  }
}

/** Whether an id inside the container has one outside. */
export function isMapped(id: number, mappings: readonly LinuxIDMapping[]): boolean {
  return mappings.some(({ containerID, size }) => id >= containerID && id < containerID + size);
}
