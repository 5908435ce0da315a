/**
 * The name by which this program speaks of itself: `runc` where it was put in runc's place by that name, for who
 * looks for `runc create failed` or `runc version` in what it says; else its own.
 */
export function programName(): string {
  try {
    const called = Deno.readTextFileSync("/proc/self/cmdline").split("\0", 1)[0]!;
    return called.slice(called.lastIndexOf("/") + 1) === "runc" ? "runc" : "runt";
  } catch {
    return "runt"; // without /proc
  }
}
