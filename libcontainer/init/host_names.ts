import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";

/** The names of the uts namespace (`uts_namespaces(7)`). */
export function setNames(kernel: Kernel, { hostname, domainname }: Config): void {
  if (hostname !== undefined) {
    kernel.at({ step: "uts", path: "hostname" }, () => kernel.sethostname(hostname));
  }
  if (domainname !== undefined) {
    kernel.at({ step: "uts", path: "domainname" }, () => kernel.setdomainname(domainname));
  }
}
