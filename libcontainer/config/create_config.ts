import { isDirectory, realPath } from "../../ffi/files.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "../../ffi/constants/clone.ts";
import { RuntError } from "../error.ts";
import type { Hooks, Linux, LinuxIDMapping, LinuxNamespaceType, Spec } from "../spec/mod.ts";
import type { Config, IdMapping, NamespaceConfig } from "./config.ts";
import { createProcess } from "./create_process.ts";
import { createDevices } from "./devices.ts";
import { createMounts } from "./mounts.ts";
import { rootPropagation } from "./mount_options.ts";

/** What the command line adds to the spec. */
export interface ConfigOptions {
  readonly id: string;
  /** Absolute path of the bundle. */
  readonly bundle: string;
  readonly noPivot: boolean;
  readonly newKeyring: boolean;
}

const NAMESPACE_FLAGS: Readonly<Record<LinuxNamespaceType, number>> = {
  cgroup: CLONE_NEWCGROUP,
  ipc: CLONE_NEWIPC,
  mount: CLONE_NEWNS,
  network: CLONE_NEWNET,
  pid: CLONE_NEWPID,
  time: CLONE_NEWTIME,
  user: CLONE_NEWUSER,
  uts: CLONE_NEWUTS,
};

/**
 * Works out what a container shall be. Pure but for the resolving of the rootfs path.
 *
 * @param spec a spec that has passed validation
 * @param lastCap number of the highest capability that the kernel has
 * @throws {RuntError} `invalid-config` for what only shows here
 */
export function createConfig(spec: Spec, lastCap: number, options: ConfigOptions): Config {
  const { linux = {}, process, root } = spec;
  if (!process || !root) throw new RuntError("internal", "cannot make a config: the spec was not validated");
  const rootfs = resolveRootfs(options.bundle, root.path);
  const userNamespace = linux.namespaces?.some(({ type }) => type === "user") ?? false;
  return {
    id: options.id,
    bundle: options.bundle,
    rootfs,
    readonlyRootfs: root.readonly ?? false,
    rootPropagation: rootPropagation(linux.rootfsPropagation),
    noPivot: options.noPivot,
    namespaces: (linux.namespaces ?? []).map(createNamespace),
    timeOffsets: linux.timeOffsets ? timeOffsets(linux.timeOffsets) : "",
    uidMappings: userNamespace ? (linux.uidMappings ?? []).map(copyMapping) : [],
    gidMappings: userNamespace ? (linux.gidMappings ?? []).map(copyMapping) : [],
    mounts: createMounts(spec, options.bundle, rootfs),
    devices: createDevices(spec),
    maskedPaths: linux.maskedPaths ?? [],
    readonlyPaths: linux.readonlyPaths ?? [],
    sysctl: Object.entries(linux.sysctl ?? {}),
    hostname: spec.hostname || undefined,
    domainname: spec.domainname || undefined,
    newKeyring: options.newKeyring,
    mountLabel: linux.mountLabel || undefined,
    process: createProcess(process, lastCap, linux),
    cgroup: { path: linux.cgroupsPath ?? "", resources: linux.resources ?? {} },
    ...(linux.netDevices && Object.keys(linux.netDevices).length ? { netDevices: linux.netDevices } : {}),
    ...(hasHooks(spec.hooks) ? { hooks: spec.hooks } : {}),
    annotations: spec.annotations ?? {},
  };
}

/**
 * The rootfs as an absolute path without links.
 *
 * @throws {RuntError} when it is missing, not a directory or a link (runc refuses links there, so that nobody leads
 *   the runtime elsewhere between the check and the use)
 */
function resolveRootfs(bundle: string, path: string): string {
  const absolute = path.startsWith("/") ? path : `${bundle}/${path}`;
  let real: string, isRealDirectory: boolean;
  try {
    real = realPath(absolute);
    isRealDirectory = isDirectory(absolute.replace(/\/+$/, "") || "/");
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    throw new RuntError(
      "invalid-config",
      `invalid rootfs: stat ${absolute}: ${missing ? "no such file or directory" : ""}`,
      {
        path: "root.path",
        ...(missing ? {} : { cause }),
      },
    );
  }
  if (!isRealDirectory) {
    throw new RuntError("invalid-config", `invalid rootfs: ${absolute} is not a directory, or is a symlink`, {
      path: "root.path",
    });
  }
  return real;
}

function hasHooks(hooks: Hooks | undefined): hooks is Hooks {
  return hooks !== undefined && Object.values(hooks).some((list) => list?.length > 0);
}

function createNamespace(
  { type, path }: { type: LinuxNamespaceType; path?: string },
  index: number,
): NamespaceConfig {
  const flag = NAMESPACE_FLAGS[type], at = `linux.namespaces[${index}]`;
  return path ? { type, flag, path, at } : { type, flag, at };
}

function timeOffsets(offsets: NonNullable<Linux["timeOffsets"]>): string {
  return Object.entries(offsets).map(([clock, { secs = 0, nanosecs = 0 }]) =>
    `${clock} ${secs} ${nanosecs}\n`
  ).join("");
}

function copyMapping({ containerID, hostID, size }: LinuxIDMapping): IdMapping {
  return { containerID, hostID, size };
}
