import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { EBUSY, EEXIST, ENOENT, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attach, attachBelow } from "./attach.ts";
import { cloneSource, cutOff } from "./bind_mount.ts";
import type { CgroupView, RootfsContext } from "./context.ts";
import { makeFilesystem, mountFilesystem } from "./filesystem.ts";
import { setBindAttributes, setPropagation } from "./mount_attributes.ts";

const SAFE = MS_NOEXEC | MS_NOSUID | MS_NODEV;

/** Mounts the container's cgroups: all hierarchies of v1 below a tmpfs, or v2. */
export function mountCgroups(kernel: Kernel, config: MountConfig, context: RootfsContext): void {
  const { unified } = context.cgroup;
  if (unified) mountUnified(kernel, config, context, unified);
  else mountHierarchies(kernel, config, context);
}

function mountHierarchies(
  kernel: Kernel,
  config: MountConfig,
  { cgroup, cgroupName, root }: RootfsContext,
): void {
  const { flags } = config;
  const tmpfs = { type: "tmpfs", source: "tmpfs", flags: SAFE, data: "mode=755" };
  const top = mountFilesystem(kernel, makeFilesystem(kernel, tmpfs), SAFE);
  attach(kernel, root, config, top);
  setPropagation(kernel, top, config.propagation);
  for (const { name, controllers, directory } of cgroup.hierarchies) {
    if (cgroup.namespace) {
      // The root that a cgroup mount shows is that of the cgroup namespace (cgroup_namespaces(7)). The hierarchy is
      // there already, so only the mount can be read-only.
      // A named hierarchy is mounted by its name, as systemd does and runc after it.
      const named = controllers[0]?.startsWith("name=") ? controllers[0].slice(5) : undefined;
      const source = named ?? "cgroup";
      const hierarchy = { type: "cgroup", source, flags: 0, data: controllers.join(",") };
      const mount = mountFilesystem(
        kernel,
        makeFilesystem(kernel, hierarchy),
        SAFE | flags & MS_RDONLY,
      );
      attachBelow(kernel, mount, top, name);
    } else {
      const mount = cloneSource(kernel, kernel.below(directory, cgroupName, ""), true);
      cutOff(kernel, root, mount);
      setBindAttributes(kernel, mount, config);
      attachBelow(kernel, mount, top, name);
      setPropagation(kernel, mount, config.propagation);
    }
    // `cpu` and `cpuacct` for `cpu,cpuacct`.
    const parts = name.split(",");
    if (parts.length > 1) {
      for (const part of parts) kernel.symlinkat(name, top, part, { accept: [EEXIST] });
    }
  }
  root.made.push({ config, fd: top });
}

function mountUnified(
  kernel: Kernel,
  config: MountConfig,
  { cgroup, cgroupName, root }: RootfsContext,
  unified: NonNullable<CgroupView["unified"]>,
): void {
  const { source, flags, data } = config;
  const filesystem = { type: "cgroup2", source, flags: flags & ~MS_RDONLY, data };
  const made = makeFilesystem(kernel, filesystem, { accept: [EPERM, EBUSY] });
  kernel.when(made.created, "ok", () => {
    const mount = mountFilesystem(kernel, made, flags);
    attach(kernel, root, config, mount);
    setPropagation(kernel, mount, config.propagation);
  });
  // A user namespace without a cgroup namespace may not mount it; then the host's is bound, or the container's part
  // of it where that is all it may see.
  kernel.when(made.created, "failed", () => {
    const own = kernel.below(unified.directory, cgroupName, ""),
      source = cgroup.namespace ? own : unified.root;
    const mount = kernel.openTree(AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC, { accept: [ENOENT] });
    kernel.when(mount, "ok", () => {
      cutOff(kernel, root, mount);
      setBindAttributes(kernel, mount, config);
      attach(kernel, root, config, mount);
      setPropagation(kernel, mount, config.propagation);
    });
    // A rootless container may have no cgroup of its own; the host's are none of its business either.
    kernel.when(mount, "failed", () => {
      const nothing = { type: "tmpfs", source: "tmpfs", flags: MS_RDONLY, data: "" };
      attach(kernel, root, config, mountFilesystem(kernel, makeFilesystem(kernel, nothing), MS_RDONLY));
    });
  });
  root.made.push({ config, fd: undefined });
}
