import { assert, assertEquals } from "@std/assert";
import { KernelError, PeerGoneError } from "../../ffi/kernel_error.ts";
import { Result } from "../../ffi/operation.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import { RuntError } from "../error.ts";
import { explainExecuting, explainMaking } from "./process_failure.ts";

const UNABLE = "unable to start container process";
const killed = (count: number) => ({ oomKillCount: () => count }) as CgroupManager;

function failedCall(
  name: string,
  errno: number,
  text: string,
  where: { step: string; what: string },
): KernelError {
  return new KernelError({ name, nr: 0, args: [], accept: [], where, result: new Result() }, errno, text);
}

Deno.test("explainMaking() says that memory was lacking, and with --debug in what that showed", () => {
  const gone = new PeerGoneError({ step: "mounts" });
  const told = explainMaking(gone, killed(1), false), more = explainMaking(gone, killed(1), true);
  assertEquals(told.message, `${UNABLE}: container init was OOM-killed (memory limit too low?)`);
  assertEquals([told.path, told.cause], ["linux.resources.memory.limit", undefined]);
  assert(more.cause === gone);
  assertEquals(explainMaking(gone, killed(0), false).message, `${UNABLE}: error during container init`);
  // Not what killed it: something else has failed.
  const other = explainMaking(new Error("x"), killed(1), false);
  assertEquals(other.message, `${UNABLE}: error during container init`);
});

Deno.test("explainMaking() tells what comes before the init from what the init does", () => {
  const early = new RuntError("kernel", "x", { path: "linux.cgroupsPath" });
  assertEquals(explainMaking(early, killed(0), false).message, UNABLE);
  const late = explainMaking(new RuntError("unsafe", "x", { path: "mounts[0]" }), killed(0), false);
  assertEquals([late.message, late.code], [`${UNABLE}: error during container init`, "unsafe"]);
});

Deno.test("explainExecuting() has runc's words for the cgroup and for the program", () => {
  const cgroup = failedCall("write", 13, "Permission denied", { step: "cgroup", what: "/c/cgroup.procs" });
  const told = explainExecuting(cgroup, {}, 7);
  assertEquals(
    [told.message, (told.cause as Error).message],
    [UNABLE, "error adding pid 7 to cgroups: write /c/cgroup.procs: permission denied"],
  );
  const exec = failedCall("execve", 8, "Exec format error", { step: "exec", what: "/x" });
  const cause = explainExecuting(exec, {}, undefined).cause as RuntError;
  assertEquals([cause.code, cause.message], ["exec", "exec /x: exec format error"]);
});

Deno.test("explainExecuting() supposes a want of memory only where the process has ended", () => {
  const cgroup = Deno.makeTempDirSync({ prefix: "runt-failure-" });
  try {
    Deno.writeTextFileSync(`${cgroup}/memory.events`, "oom 1\noom_kill 1\n");
    const causeOf = (error: unknown) => (explainExecuting(error, { "": cgroup }, 7).cause as Error).message;
    const gone = new PeerGoneError({ step: "mounts" });
    assertEquals(causeOf(gone), `${gone.message} (possibly OOM-killed)`);
    const exec = failedCall("execve", 8, "Exec format error", { step: "exec", what: "/x" });
    assertEquals(causeOf(exec), "exec /x: exec format error");
  } finally {
    Deno.removeSync(cgroup, { recursive: true });
  }
});
