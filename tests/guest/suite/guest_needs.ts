/**
 * What tests in a guest may need, for `testNeeding`.
 *
 * @module
 */
import type { Lack } from "../../support/needs.ts";
import { RUNT } from "../../support/runtime.ts";

/** What PID 1 is: `none` for a script, `systemd`; undefined outside a guest. */
export const PID1 = Deno.env.get("RUNT_GUEST");

/** Needs a guest: the test changes what is not its own to change on a host. */
export const guest: Lack = () =>
  PID1 === undefined ? "needs a guest (see `deno task test:guest`)" : undefined;

/** Needs a guest with systemd. */
export const systemd: Lack = () => PID1 === "systemd" ? undefined : "needs systemd as PID 1";

/** Needs runt: the test shows what other runtimes don't promise. */
export const runt: Lack = () => RUNT.endsWith("/runt") ? undefined : "about runt's own ways";

/** Needs a runtime with a rule of runc's that crun does not have. */
export const runcRule: Lack = () => RUNT.endsWith("/crun") ? "crun has a rule of its own" : undefined;

/** Needs `memory.swap.max`. */
export const swapAccounting: Lack = () => {
  if (PID1 === undefined) return undefined; // Where `guest` says no already
  const root = "/sys/fs/cgroup",
    probe = `${root}/runt-swap-probe`,
    control = `${root}/cgroup.subtree_control`;
  const before = Deno.readTextFileSync(control).trim().split(" ");
  Deno.writeTextFileSync(control, "+memory");
  Deno.mkdirSync(probe);
  try {
    const found = [...Deno.readDirSync(probe)].some(({ name }) => name === "memory.swap.max");
    return found ? undefined : "needs a kernel with swap accounting";
  } finally {
    Deno.removeSync(probe);
    if (!before.includes("memory")) Deno.writeTextFileSync(control, "-memory");
  }
};
