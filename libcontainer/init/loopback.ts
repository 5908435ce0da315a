import { IFF_UP, SIOCSIFFLAGS } from "../../ffi/constants/ioctl.ts";
import { AF_INET, SOCK_CLOEXEC, SOCK_DGRAM } from "../../ffi/constants/socket.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { encodeIfreq } from "../../ffi/structs/ifreq.ts";
import type { Config } from "../config/config.ts";

/** Brings `lo` of a new network namespace up (`netdevice(7)`); one that is joined is as its owner wants it. */
export function raiseLoopback(kernel: Kernel, config: Config): void {
  if (!config.namespaces.some(({ type, path }) => type === "network" && path === undefined)) return;
  kernel.at({ step: "network", what: '"lo"' }, () => {
    const socket = kernel.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    kernel.ioctl(socket, SIOCSIFFLAGS, encodeIfreq("lo", IFF_UP));
    kernel.close(socket);
  });
}
