import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { EEXIST, ENODEV } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import {
  addAddress,
  findLink,
  isLinkUp,
  lastingAddresses,
  type LinkAddress,
  moveLink,
  setLink,
} from "./links.ts";
import { openRouteSocket, RouteSocket } from "./route_socket.ts";

/** The container's process, in its namespaces. */
export interface NetworkOwner {
  readonly pid: number;
  readonly pidfd: number;
  readonly kernel: Kernel;
}

/** Both namespaces, and how to get from one to the other. */
interface Ends {
  readonly inside: RouteSocket;
  readonly outside: RouteSocket;
  /** A descriptor of the container's. */
  readonly namespace: number;
  /** Where that is found. */
  readonly path: string;
  /** What gives back what was taken, should the container come to nothing. */
  readonly undo: (() => void)[];
}

/**
 * Moves network devices of the host into the container's network namespace (`linux.netDevices`), each with its lasting
 * addresses, and up.
 *
 * @param local this process, in the host's namespace
 * @param undo gets what gives them back to the host: with the namespace the kernel would end those that are virtual,
 * and one that was joined by path would keep them all
 * @returns to be closed when the container is made: until then the namespace is held, so that they can be given back
 * @throws {RuntError} with runc's texts
 */
export function moveNetDevices(
  local: LocalKernel,
  { netDevices = {} }: Config,
  { pid, pidfd, kernel }: NetworkOwner,
  undo: (() => void)[],
): Disposable {
  const there = openRouteSocket(kernel);
  // Only now it is sure to be in its namespaces.
  kernel.flush();
  const inside = new RouteSocket(local, local.pidfdGetfd(pidfd, there.value).value);
  kernel.close(there);
  const outside = new RouteSocket(local, openRouteSocket(local).value);
  const path = `/proc/${pid}/ns/net`, namespace = local.openat(AT_FDCWD, path, O_CLOEXEC).value;
  for (const [name, device] of Object.entries(netDevices)) {
    try {
      move({ inside, outside, namespace, path, undo }, name, device.name || name);
    } catch (cause) {
      throw new RuntError(
        "kernel",
        `error creating network interfaces: move netDevice ${name} to namespace ${path}`,
        { path: `linux.netDevices.${name}`, cause },
      );
    }
  }
  return {
    [Symbol.dispose]() {
      inside[Symbol.dispose]();
      outside[Symbol.dispose]();
      local.close(namespace);
    },
  };
}

function move(ends: Ends, name: string, newName: string): void {
  const { inside, outside, namespace, path, undo } = ends;
  const index = find(outside, name, `interface ${name} on runtime namespace`);
  // Before it is down, which takes those of IPv6 away (runc asks after, and loses them).
  const addresses = step("fail to get ip addresses", () => lastingAddresses(outside, index));
  const wasUp = step("fail to get link", () => isLinkUp(outside, index));
  // The kernel moves it first: when its new name is taken it is there under its old one.
  const names = [name, newName];
  undo.push(() => giveBack(ends, name, names, addresses, wasUp));
  // Nobody on the host shall see it up under another name.
  step("fail to set link down", () => setLink(outside, index, false));
  step(
    `fail to move network device ${name} to network namespace ${path}`,
    () => moveLink(outside, index, namespace, newName),
  );
  names.shift();
  const moved = find(inside, newName, `interface ${newName} on namespace ${path}`);
  // The kernel has taken them away.
  for (const address of addresses) {
    step(`fail to set up an address on namespace ${path}`, () => addAddress(inside, moved, address));
  }
  step(`fail to set up interface ${newName} on namespace ${path}`, () => setLink(inside, moved, true));
}

/** Makes a device the host's again. What is there already is fine: it may not have got far. */
function giveBack(
  { inside, outside }: Ends,
  name: string,
  namesInside: readonly string[],
  addresses: readonly LinkAddress[],
  wasUp: boolean,
): void {
  const { kernel } = outside;
  if (!isThere(outside, name)) {
    const host = kernel.openat(AT_FDCWD, "/proc/self/ns/net", O_CLOEXEC).value;
    try {
      const there = namesInside.find((name) => isThere(inside, name)) ?? name;
      const moved = find(inside, there, `interface ${there} in the container`);
      setLink(inside, moved, false);
      moveLink(inside, moved, host, name);
    } finally {
      kernel.close(host);
    }
  }
  const back = find(outside, name, `interface ${name} on runtime namespace`);
  for (const address of addresses) {
    try {
      addAddress(outside, back, address);
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== EEXIST) throw error;
    }
  }
  if (wasUp) setLink(outside, back, true);
}

function isThere(socket: RouteSocket, name: string): boolean {
  try {
    return findLink(socket, name) !== undefined;
  } catch (error) {
    if (error instanceof KernelError && error.errno === ENODEV) return false;
    throw error;
  }
}

function find(socket: RouteSocket, name: string, where: string): number {
  try {
    const index = findLink(socket, name);
    if (index !== undefined) return index;
  } catch (cause) {
    if (!(cause instanceof KernelError) || cause.errno !== ENODEV) {
      throw new RuntError("kernel", `link not found for ${where}`, { cause });
    }
  }
  throw new RuntError("not-found", `link not found for ${where}: Link not found`);
}

function step<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    throw new RuntError("kernel", what, { cause });
  }
}
