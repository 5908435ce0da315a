import { O_CLOEXEC } from "../../ffi/constants/open.ts";
import { ENODEV } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { addAddress, findLink, lastingAddresses, moveLink, setLink } from "./links.ts";
import { openRouteSocket, RouteSocket } from "./route_socket.ts";

/** The container's process, in its namespaces. */
export interface NetworkOwner {
  readonly pid: number;
  readonly pidfd: number;
  readonly kernel: Kernel;
}

/**
 * Moves network devices of the host into the container's network namespace (`linux.netDevices`), each with its lasting
 * addresses, and up. What was moved when a later one fails is the kernel's to give back, when the namespace ends.
 *
 * @param local this process, in the host's namespace
 * @throws {RuntError} with runc's texts
 */
export function moveNetDevices(
  local: LocalKernel,
  { netDevices = {} }: Config,
  { pid, pidfd, kernel }: NetworkOwner,
): void {
  const there = openRouteSocket(kernel);
  // Only now it is sure to be in its namespaces.
  kernel.flush();
  using inside = new RouteSocket(local, local.pidfdGetfd(pidfd, there.value).value);
  kernel.close(there);
  using outside = new RouteSocket(local, openRouteSocket(local).value);
  const path = `/proc/${pid}/ns/net`, namespace = local.openat(AT_FDCWD, path, O_CLOEXEC).value;
  try {
    for (const [name, device] of Object.entries(netDevices)) {
      try {
        move(outside, inside, name, device.name || name, namespace, path);
      } catch (cause) {
        throw new RuntError(
          "kernel",
          `error creating network interfaces: move netDevice ${name} to namespace ${path}`,
          { path: `linux.netDevices.${name}`, cause },
        );
      }
    }
  } finally {
    local.close(namespace);
  }
}

function move(
  outside: RouteSocket,
  inside: RouteSocket,
  name: string,
  newName: string,
  namespace: number,
  path: string,
): void {
  const index = find(outside, name, `interface ${name} on runtime namespace`);
  // Before it is down, which takes those of IPv6 away (runc asks after, and loses them).
  const addresses = step("fail to get ip addresses", () => lastingAddresses(outside, index));
  // Nobody on the host shall see it up under another name.
  step("fail to set link down", () => setLink(outside, index, false));
  step(
    `fail to move network device ${name} to network namespace ${path}`,
    () => moveLink(outside, index, namespace, newName),
  );
  const moved = find(inside, newName, `interface ${newName} on namespace ${path}`);
  // The kernel has taken them away.
  for (const address of addresses) {
    step(`fail to set up an address on namespace ${path}`, () => addAddress(inside, moved, address));
  }
  step(`fail to set up interface ${newName} on namespace ${path}`, () => setLink(inside, moved, true));
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
