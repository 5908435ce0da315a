import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../../ffi/constants/mount.ts";
import { EBUSY, EEXIST, EPERM } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attach, attachBelow } from "./attach.ts";
import { cloneSource } from "./bind_mount.ts";
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

function mountHierarchies(kernel: Kernel, config: MountConfig, { cgroup, root }: RootfsContext): void {
  const { at, flags } = config;
  const tmpfs = { type: "tmpfs", source: "tmpfs", flags: SAFE, data: "mode=755", at };
  const top = mountFilesystem(kernel, makeFilesystem(kernel, root, tmpfs), SAFE);
  attach(kernel, root, config, top);
  setPropagation(kernel, top, config.propagation);
  for (const { name, controllers, directory } of cgroup.hierarchies) {
    if (cgroup.namespace) {
      // The root that a cgroup mount shows is that of the cgroup namespace (cgroup_namespaces(7)). The hierarchy is
      // there already, so only the mount can be read-only.
      const hierarchy = { type: "cgroup", source: "cgroup", flags: 0, data: controllers.join(","), at };
      const mount = mountFilesystem(
        kernel,
        makeFilesystem(kernel, root, hierarchy),
        SAFE | flags & MS_RDONLY,
      );
      attachBelow(kernel, mount, top, name);
    } else {
      const mount = cloneSource(kernel, directory, true);
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
  { cgroup, root }: RootfsContext,
  unified: NonNullable<CgroupView["unified"]>,
): void {
  const { source, flags, data, at } = config;
  const filesystem = { type: "cgroup2", source, flags: flags & ~MS_RDONLY, data, at };
  const made = makeFilesystem(kernel, root, filesystem, { accept: [EPERM, EBUSY] });
  kernel.when(made.created, "ok", () => {
    const mount = mountFilesystem(kernel, made, flags);
    attach(kernel, root, config, mount);
    setPropagation(kernel, mount, config.propagation);
  });
  // A user namespace without a cgroup namespace may not mount it; then the host's is bound, or the container's part
  // of it where that is all it may see.
  kernel.when(made.created, "failed", () => {
    const mount = cloneSource(kernel, cgroup.namespace ? unified.directory : unified.root, false);
    setBindAttributes(kernel, mount, config);
    attach(kernel, root, config, mount);
    setPropagation(kernel, mount, config.propagation);
  });
  root.made.push({ config, fd: undefined });
}
