import { type Lack, root } from "./needs.ts";
import { type Outcome, run, RUNT } from "./runtime.ts";

/** What a test of answers needs: self mode has none, and runc neither. */
export const ANSWERING: readonly Lack[] = [
  root,
  () => Deno.env.get("RUNT_INIT") === "self" ? "self mode has no answers" : undefined,
  () => RUNT.endsWith("/runc") ? "runc has no answers" : undefined,
];

/** For tests that take a minute in a guest, where the others show what differs. */
export const ANSWERING_OUTSIDE: readonly Lack[] = [
  ...ANSWERING,
  () => Deno.env.has("RUNT_GUEST") ? "takes too long in a guest" : undefined,
];

/** Whether a command, traced by strace(1) for clone(2) and clone3(2), was done without Deno, which makes threads. */
export function isWithoutDeno(trace: string): boolean {
  return /exited with \d/.test(trace) && !trace.includes("CLONE_THREAD");
}

/** What calls the runtime, and tells whether the last call was answered. */
export function watch(): { outcome: (args: readonly string[]) => Outcome; isAnswered: () => boolean } {
  let answered = false;
  const outcome = (args: readonly string[]) => {
    const trace = Deno.makeTempFileSync({ prefix: "runt-trace-" });
    try {
      return run("strace", ["-o", trace, "-e", "trace=clone,clone3", RUNT, ...args]);
    } finally {
      answered = isWithoutDeno(Deno.readTextFileSync(trace));
      Deno.removeSync(trace);
    }
  };
  return { outcome, isAnswered: () => answered };
}
