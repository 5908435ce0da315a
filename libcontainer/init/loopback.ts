import { IFF_UP, SIOCSIFFLAGS } from "../../ffi/constants/ioctl.ts";
import { AF_INET, SOCK_CLOEXEC, SOCK_DGRAM } from "../../ffi/constants/socket.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";

/** Brings `lo` of a new network namespace up (`netdevice(7)`); one that is joined is as its owner wants it. */
export function raiseLoopback(kernel: Kernel, config: Config): void {
  if (!config.namespaces.some(({ type, path }) => type === "network" && path === undefined)) return;
  kernel.at({ step: "network", what: '"lo"' }, () => {
    const request = new Uint8Array(40); // struct ifreq: name, 16 bytes; flags, 16 bits
    request.set([0x6c, 0x6f]);
    new DataView(request.buffer).setInt16(16, IFF_UP, true);
    const socket = kernel.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    kernel.ioctl(socket, SIOCSIFFLAGS, request);
    kernel.close(socket);
  });
}
