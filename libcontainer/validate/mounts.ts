import type { Mount } from "../spec/mount.ts";
import { checkRanges, isMapped } from "./id_mappings.ts";
import type { Check, CheckContext } from "./issue.ts";
import { isMountFlag, isOfEngine, isPropagation } from "./mount_options.ts";
import { namespaceOf } from "./namespace_of.ts";

/** `mounts`. Texts are runc's where it has one. */
export const checkMounts: Check = (context) => {
  const mounts = context.spec.mounts!;
  for (let i = 0; i < mounts.length; i++) checkMount(mounts[i]!, `mounts[${i}]`, context);
};

/** `linux.rootfsPropagation`. runc's texts. */
export const checkRootfsPropagation: Check = ({ spec, options, error }) => {
  const path = "linux.rootfsPropagation";
  const propagation = spec.linux!.rootfsPropagation!;
  if (propagation !== "" && !isPropagation(propagation)) {
    error(path, `rootfsPropagation=${propagation} is not supported`);
  } else if (options.noPivot && propagation.endsWith("private")) {
    error(path, "rootfsPropagation of [r]private is not safe without pivot_root");
  }
};

function checkMount(mount: Mount, path: string, context: CheckContext): void {
  const { options: { rootless }, error, warn } = context;
  const { destination, type = "", options = [] } = mount;
  if (destination === "") error(`${path}.destination`, "must not be empty");
  else if (!destination.startsWith("/")) {
    warn(
      `${path}.destination`,
      `mount destination ${destination} is not absolute. Support for non-absolute mount destinations will be ` +
        "removed in a future release.",
    );
  }
  const bind = options.includes("bind") || options.includes("rbind");
  if (!bind && type === "" && !options.includes("remount")) {
    error(`${path}.type`, "must not be empty where the mount is not a bind mount");
  }
  if (bind) {
    // The kernel would ignore these without a word.
    const data = options.findIndex((option) => !isMountFlag(option) && !isOfEngine(option));
    if (data >= 0) {
      error(
        `${path}.options[${data}]`,
        `bind mounts cannot have any filesystem-specific options applied: ${options[data]}`,
      );
    }
  } else if (rootless) {
    checkOwnerOptions(options, `${path}.options`, context);
  }
  checkIdMap(mount, path, bind, context);
}

/** `uid=` and `gid=` name ids that must be mapped, or mount(2) fails with a bare EINVAL. */
function checkOwnerOptions(options: readonly string[], path: string, { spec, error }: CheckContext): void {
  if (namespaceOf(spec, "user")?.path) return;
  for (let i = 0; i < options.length; i++) {
    const [, kind, id] = /^([ug]id)=(\d+)$/.exec(options[i]!) ?? [];
    if (kind === undefined || isMapped(Number(id), spec.linux?.[`${kind as "uid" | "gid"}Mappings`] ?? [])) {
      continue;
    }
    error(
      `${path}[${i}]`,
      `cannot specify ${options[i]} mount option for rootless container: user namespaces enabled, but no ` +
        `mapping found for ${kind} ${id}`,
    );
  }
}

function checkIdMap(mount: Mount, path: string, bind: boolean, { spec, options, error }: CheckContext): void {
  const { uidMappings = [], gidMappings = [] } = mount;
  const asked = mount.options?.some((option) => option === "idmap" || option === "ridmap");
  const given = uidMappings.length > 0 || gidMappings.length > 0;
  if (!asked && !given) return;
  checkRanges(`${path}.uidMappings`, uidMappings, error);
  checkRanges(`${path}.gidMappings`, gidMappings, error);
  if (!bind) error(path, "id-mapped mounts are only supported for bind-mounts");
  if (options.rootless) error(path, "id-mapped mounts are not supported for rootless containers");
  // Without mappings of its own, a mount takes those of the container's user namespace.
  if (
    given ? uidMappings.length === 0 || gidMappings.length === 0 : namespaceOf(spec, "user") === undefined
  ) {
    error(path, "id-mapped mounts must have both uid and gid mappings specified");
  }
}
