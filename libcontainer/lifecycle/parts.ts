import type { CgroupManager, CgroupRequest } from "../cgroups/manager.ts";
import type { ResctrlGroup } from "../cgroups/resctrl.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import type { CopiedStreams } from "../process/copied_streams.ts";
import { streamsToCopy } from "../process/standard_streams.ts";
import type { PidfdSocket } from "../process/pidfd_socket.ts";
import { idMapOption } from "../config/mount_options.ts";
import type { CgroupHierarchies } from "../host/cgroup_hierarchies.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { LANDLOCK } from "../spec/annotations.ts";
import type { Mount, Spec } from "../spec/mod.ts";
import type { HostFacts } from "../validate/mod.ts";
import { namespaceOf } from "../validate/namespace_of.ts";
import type { HostRoot } from "./host_root.ts";
import type { NotifySocket } from "./notify_socket.ts";

/**
 * Parts of runt that few containers need, each there only when the spec asks for it. They are slices of their own in
 * the executable: a container that does without pays nothing.
 */
export interface Parts {
  /** Where to send a pidfd of the init. */
  readonly pidfdSocket?: PidfdSocket;
  /** By which the program says that it is ready. */
  readonly notifySocket?: NotifySocket;
  /** Hands the descriptor of a filter to its agent. */
  readonly seccompListener?: typeof import("../process/seccomp_listener.ts");
  /** What shows the container's terminal, or hands it over. */
  readonly terminal?: typeof import("../process/terminal.ts");
  /** Makes the terminal of a process that is executed in the container. */
  readonly openTerminal?: typeof import("../rootfs/pty.ts").openTerminal;
  /** Its share of caches and of the memory's bandwidth. */
  readonly resctrl?: ResctrlGroup;
  /** Has systemd make the container's cgroup. */
  readonly makeSystemdCgroup?: (
    request: CgroupRequest,
    host: { readonly cgroups: CgroupHierarchies },
    kernel: Kernel,
  ) => CgroupManager;
  /** Runs the hooks. */
  readonly hooks?: typeof import("../hooks/mod.ts");
  /** Moves the host's network devices into the container. */
  readonly moveNetDevices?: typeof import("../network/move_devices.ts").moveNetDevices;
  /** Plans and makes the restrictions of Landlock. */
  readonly landlock?: typeof import("./landlock.ts");
  /** The root of a container without a mount namespace. */
  readonly hostRoot?: HostRoot;
  /** Has a process that is executed in such a container enter its root. */
  readonly enterRoot?: (kernel: Kernel) => void;
  /** Gives the container's cgroup to its user. */
  readonly giveCgroup?: typeof import("./cgroup_owner.ts").giveCgroup;
  /** Makes the id-mapped mounts. */
  readonly idMapped?: typeof import("./id_mapped_mounts.ts");
}

/** Puts pipes in the place of what the program of a caller who waits shall not write to itself. */
export async function openCopiedStreams(
  native: Native,
  kernel: LocalKernel,
): Promise<CopiedStreams | undefined> {
  const streams = streamsToCopy(kernel);
  if (streams.length === 0) return undefined;
  return new (await import("../process/copied_streams.ts")).CopiedStreams(native, kernel, streams);
}

/** What the command line, not the spec, asks for. */
export interface PartsOptions {
  /** Path of the socket that gets a pidfd of the init. */
  readonly pidfdSocket?: string;
  /** systemd makes the cgroup; told of what it cannot have. */
  readonly systemd?: { warn(text: string): void };
  /** How the container's process is set up. */
  readonly init?: string;
}

/** Whether a mount's ids are mapped. */
function isIdMapped({ uidMappings, gidMappings, options }: Mount): boolean {
  return Boolean(uidMappings?.length || gidMappings?.length || options && idMapOption(options));
}

/**
 * Loads what is asked for.
 *
 * @param stateDirectory where the container's state will be
 * @param id the container's
 */
export async function loadParts(
  spec: Spec,
  { pidfdSocket, systemd, init = "", bundle }: PartsOptions & { readonly bundle: string },
  stateDirectory: string,
  id: string,
  host: Pick<HostFacts, "intelRdt">,
): Promise<Parts> {
  const notify = Deno.env.get("NOTIFY_SOCKET");
  return {
    ...(notify && {
      notifySocket: new (await import("./notify_socket.ts")).NotifySocket(notify, stateDirectory),
    }),
    ...(spec.linux?.seccomp?.syscalls?.some(({ action }) => action === "SCMP_ACT_NOTIFY") && {
      seccompListener: await import("../process/seccomp_listener.ts"),
    }),
    ...(spec.process?.terminal && { terminal: await import("../process/terminal.ts") }),
    ...(pidfdSocket && {
      pidfdSocket: new (await import("../process/pidfd_socket.ts")).PidfdSocket(pidfdSocket, bundle),
    }),
    ...(spec.linux?.intelRdt && host.intelRdt && {
      resctrl: new (await import("../cgroups/resctrl.ts")).ResctrlGroup(
        spec.linux.intelRdt,
        host.intelRdt.root,
        id,
      ),
    }),
    ...(spec.linux?.netDevices && {
      moveNetDevices: (await import("../network/move_devices.ts")).moveNetDevices,
    }),
    ...(spec.mounts?.some(isIdMapped) && {
      idMapped: await import("./id_mapped_mounts.ts"),
    }),
    ...(!namespaceOf(spec, "mount") && { hostRoot: new (await import("./host_root.ts")).HostRoot(init) }),
    ...(systemd && { makeSystemdCgroup: await loadSystemd(spec, systemd) }),
    ...(spec.annotations?.[LANDLOCK] !== undefined && { landlock: await import("./landlock.ts") }),
    ...(spec.hooks && { hooks: await import("../hooks/mod.ts") }),
  };
}

async function loadSystemd(
  { annotations }: Spec,
  { warn }: NonNullable<PartsOptions["systemd"]>,
): Promise<NonNullable<Parts["makeSystemdCgroup"]>> {
  const { annotatedProperties, makeSystemdCgroup } = await import("../cgroups/systemd/mod.ts");
  const properties = annotatedProperties(annotations ?? {});
  return (request, host, kernel) => makeSystemdCgroup({ ...request, properties, warn }, host, kernel);
}
