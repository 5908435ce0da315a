import type { Fd, Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import type { MountConfig } from "../config/mount_config.ts";
import type { CgroupHierarchies, CgroupMode } from "../host/cgroup_hierarchies.ts";
import { type Logger, silentLogger } from "../log.ts";
import { newRoot, type Root } from "./root.ts";

/** A hierarchy of cgroup v1, as a container sees it. */
export interface HierarchyView {
  /** Its directory below the cgroup mount, named as on the host: `cpu,cpuacct`, `systemd`. */
  readonly name: string;
  /** What it is mounted by: `cpu`, `name=systemd`. */
  readonly controllers: readonly string[];
  /** The container's own cgroup in it, on the host. */
  readonly directory: string;
}

/** What a container's cgroup mount shows. */
export interface CgroupView {
  readonly mode: CgroupMode;
  /** Whether the container has a cgroup namespace. */
  readonly namespace: boolean;
  /** v1 and hybrid: the hierarchies, in the order they were mounted. */
  readonly hierarchies: readonly HierarchyView[];
  /** v2: where the host has it, and the container's own cgroup in it. */
  readonly unified: { readonly root: string; readonly directory: string } | undefined;
}

/** How the root is made and entered without a mount namespace; see `host_root.ts`. */
export interface RootOnHost {
  /** Takes the place of `prepareRoot`. */
  prepare(kernel: Kernel, config: Config, context: Pick<RootfsContext, "root">): void;
  /** Takes the place of `pivot_root(2)`. */
  enter(kernel: Kernel, root: Fd): void;
}

/** What the steps of the root file system need to know beside the config, and what they tell each other. */
export interface RootfsContext {
  /** Device nodes cannot be made in a user namespace (`mknod(2)`): bind those of the host. */
  readonly bindDevices: boolean;
  readonly cgroup: CgroupView;
  /** The container's id, where its cgroups are named by it. */
  readonly cgroupName?: string | undefined;
  /** Standard streams; those open on the host's `/dev/null` are opened anew on the container's. */
  readonly stdio?: readonly { readonly fd: number; readonly isDevNull: boolean }[];
  readonly log: Logger;
  /**
   * Clones a mount tree of the host with runt's rights, for sources that the container's process cannot reach; see
   * `host_source.ts`. Undefined in self mode.
   */
  readonly openHostSource?: (source: string, recursive: boolean) => Fd;
  /** Maps the ids of a tree that only this container has, cloned over there. Undefined in self mode. */
  readonly mapIds?: (mount: MountConfig, tree: Fd) => void;
  /** Descriptors from this one on are not the program's. */
  readonly firstFreeFd?: number;
  /** Those among them that must stay open; undefined where that is not known. */
  readonly kept?: readonly number[] | undefined;
  /** Undefined where there is a mount namespace. */
  readonly onHost?: RootOnHost;
  /** What is made, step by step. */
  readonly root: Root;
}

/**
 * Gathers what the steps of the root file system need.
 *
 * @param cgroup where the container's cgroup is; `paths` by controller, v2's by the empty string
 */
export function rootfsContext(
  config: Config,
  host: { readonly cgroups: CgroupHierarchies; readonly inUserNamespace: boolean },
  cgroup: { readonly paths: Readonly<Record<string, string>> },
  log: Logger = silentLogger,
): RootfsContext {
  const has = (name: string) => config.namespaces.some(({ type }) => type === name);
  return {
    bindDevices: has("user") || host.inUserNamespace,
    cgroup: cgroupView(host.cgroups, cgroup.paths, has("cgroup")),
    ...(config.cgroup.path === "" && { cgroupName: config.id }),
    log,
    root: newRoot(),
  };
}

/** Works out what the container's cgroup mount shows. */
export function cgroupView(
  { mode, root, mounts, own }: CgroupHierarchies,
  paths: Readonly<Record<string, string>>,
  namespace: boolean,
): CgroupView {
  const hierarchies: HierarchyView[] = [];
  if (mode !== "unified") {
    const seen = new Set<string>();
    for (const { mountpoint, root: shown, options } of mounts) {
      // A hierarchy may be mounted in several places: the first one counts.
      const controllers = options.filter((option) => option in own && option !== "" && !seen.has(option));
      if (!controllers.length) continue;
      for (const controller of controllers) seen.add(controller);
      const joined = controllers.find((controller) => paths[controller] !== undefined);
      // A hierarchy that the container does not join shows runt's own cgroup.
      const beside = own[controllers[0]!]!.slice(shown === "/" ? 0 : shown.length);
      hierarchies.push({
        name: mountpoint.slice(mountpoint.lastIndexOf("/") + 1),
        controllers,
        directory: joined === undefined ? mountpoint + beside.replace(/\/$/, "") : paths[joined]!,
      });
    }
  }
  const unified = mode === "unified" ? { root, directory: paths[""] ?? root } : undefined;
  return { mode, namespace, hierarchies, unified };
}
