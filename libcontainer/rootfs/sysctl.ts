import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import { sysctlPath } from "../validate/sysctl.ts";
import type { RootfsContext } from "./context.ts";
import { openProc, writeProcFile } from "./proc.ts";

/** Sets kernel parameters of the container's namespaces (`sysctl(8)`). */
export function writeSysctls(kernel: Kernel, { sysctl }: Config, _context: RootfsContext): void {
  if (!sysctl.length) return;
  kernel.at({ step: "sysctl", path: "linux.sysctl" }, () => {
    const proc = openProc(kernel);
    for (const [key, value] of sysctl) {
      const where = {
        step: "sysctl",
        path: `linux.sysctl[${JSON.stringify(key)}]`,
        what: JSON.stringify(value),
      };
      kernel.at(where, () => writeProcFile(kernel, proc, `sys/${sysctlPath(key).join("/")}`, value));
    }
  });
}
