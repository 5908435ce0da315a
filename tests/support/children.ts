import { Out } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";

/** Children of this process that still run; those that have ended are reaped. */
export function children(kernel: LocalKernel): string[] {
  const P_ALL = 0, WEXITED = 4, WNOHANG = 1, __WALL = 0x40000000, info = new Out(128);
  for (;;) {
    const { ok } = kernel.waitid(P_ALL, 0, info, WEXITED | WNOHANG | __WALL, { accept: "any" });
    if (!ok || info.view.getInt32(12, true) === 0) break;
  }
  return [...Deno.readDirSync("/proc/self/task")].flatMap(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/self/task/${name}/children`).split(" ").filter(Boolean);
    } catch {
      return []; // a thread of Deno's that has ended meanwhile
    }
  });
}
