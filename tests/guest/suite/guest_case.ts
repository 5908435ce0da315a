/**
 * Tests that run in a guest only.
 *
 * @module
 */

/** The runtime under test. */
export const RUNTIME = Deno.env.get("RUNT") ?? "runt";

/** What PID 1 is: `none` for a script, `systemd`; undefined outside a guest. */
export const PID1 = Deno.env.get("RUNT_GUEST");

/** What a test needs to be run at all. */
export interface Needs {
  /** The runtime must be runt: the test shows what others don't promise. */
  runt?: boolean;
  /** The runtime must go by a rule of runc's that crun does not have. */
  runcRule?: boolean;
  /** A guest of this kind only. */
  pid1?: "none" | "systemd";
  /** A cgroup v2 controller. */
  controller?: string;
  /** Swap accounting (`memory.swap.max`). */
  swap?: boolean;
}

/** Registers a test, or a skipped one whose name ends with the reason, as tests/guest/tap.ts reads it. */
export function guestCase(name: string, needs: Needs, fn: () => void | Promise<void>): void {
  const reason = PID1 === undefined ? "not in a guest" : findMissing(needs);
  Deno.test({ name: reason ? `${name} (skip: ${reason})` : name, ignore: reason !== undefined, fn });
}

function findMissing(needs: Needs): string | undefined {
  if (needs.runt && !RUNTIME.endsWith("/runt")) return "about runt's own ways";
  if (needs.runcRule && RUNTIME.endsWith("/crun")) return "crun has a rule of its own";
  if (needs.pid1 && needs.pid1 !== PID1) return `needs PID 1 to be ${needs.pid1}`;
  if (needs.controller && !listControllers().includes(needs.controller)) {
    return `the guest's kernel has no cgroup v2 controller "${needs.controller}"`;
  }
  if (needs.swap && !hasSwapAccounting()) return "the guest's kernel has no swap accounting";
  return undefined;
}

/** The controllers of the kernel on cgroup v2. */
export function listControllers(): string[] {
  return Deno.readTextFileSync("/sys/fs/cgroup/cgroup.controllers").trim().split(" ");
}

function hasSwapAccounting(): boolean {
  const probe = "/sys/fs/cgroup/runt-swap-probe";
  const control = "/sys/fs/cgroup/cgroup.subtree_control";
  const before = Deno.readTextFileSync(control).trim().split(" ");
  Deno.writeTextFileSync(control, "+memory");
  Deno.mkdirSync(probe);
  try {
    return [...Deno.readDirSync(probe)].some((entry) => entry.name === "memory.swap.max");
  } finally {
    Deno.removeSync(probe);
    if (!before.includes("memory")) Deno.writeTextFileSync(control, "-memory");
  }
}
