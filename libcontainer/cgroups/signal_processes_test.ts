import { assertEquals } from "@std/assert";
import { SIGKILL, SIGTERM } from "../../ffi/constants/signal.ts";
import { ESRCH } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import type { CgroupManager } from "./manager.ts";
import { signalProcesses } from "./signal_processes.ts";

/** A cgroup whose list is read again and again, and what was done to its freezer. */
function fakeCgroup(
  lists: readonly (readonly number[])[],
  { frozen = false, freezes = true }: { frozen?: boolean; freezes?: boolean } = {},
) {
  const events: string[] = [];
  let reads = 0, state = frozen;
  const cgroup = {
    mode: "legacy",
    paths: {},
    pids: () => [...lists[Math.min(reads++, lists.length - 1)]!],
    freezerState: () => state ? "FROZEN" : "THAWED",
    freeze(to: "FROZEN" | "THAWED") {
      if (!freezes) throw new Error("no freezer");
      state = to === "FROZEN";
      events.push(to);
    },
  } as unknown as CgroupManager;
  return { cgroup, events };
}

function signalled(kernel: RecordingKernel): number {
  return kernel.lines().filter((line) => line.startsWith("pidfd_send_signal")).length;
}

Deno.test("all processes are signalled while they are frozen", () => {
  const kernel = new RecordingKernel(), { cgroup, events } = fakeCgroup([[7, 8]]);
  assertEquals([...signalProcesses(kernel, cgroup, SIGTERM)!], [7, 8]);
  assertEquals(events, ["FROZEN", "THAWED"]);
  assertEquals(signalled(kernel), 2);
});

Deno.test("a paused container stays paused but for SIGKILL", () => {
  const term = fakeCgroup([[7]], { frozen: true });
  signalProcesses(new RecordingKernel(), term.cgroup, SIGTERM);
  assertEquals(term.events, []);
  const kill = fakeCgroup([[7]], { frozen: true });
  signalProcesses(new RecordingKernel(), kill.cgroup, SIGKILL);
  assertEquals(kill.events.at(-1), "THAWED");
});

Deno.test("without a freezer SIGKILL follows those that fork until there are none", () => {
  const kernel = new RecordingKernel();
  // Asked: is there anybody; is runt among them; round 1 (twice); …; round 2 (twice); …
  const { cgroup } = fakeCgroup([[7], [7], [7], [7], [7, 9], [7, 9], [7, 9], [7, 9]], { freezes: false });
  assertEquals([...signalProcesses(kernel, cgroup, SIGKILL)!], [7, 9]);
  assertEquals(signalled(kernel), 2);
});

Deno.test("one that is gone, or has left when its descriptor is open, gets nothing", () => {
  const gone = new RecordingKernel(({ name }) => name === "pidfd_open" ? -ESRCH : undefined);
  assertEquals([...signalProcesses(gone, fakeCgroup([[7]]).cgroup, SIGTERM)!], []);
  const left = new RecordingKernel();
  signalProcesses(left, fakeCgroup([[7], [7], [7], []]).cgroup, SIGTERM);
  assertEquals(signalled(left), 0);
});

Deno.test("neither runt itself nor a process without an id here is signalled, and runt is not frozen", () => {
  const kernel = new RecordingKernel(), { cgroup, events } = fakeCgroup([[0, Deno.pid, 7]]);
  assertEquals([...signalProcesses(kernel, cgroup, SIGTERM)!], [7]);
  assertEquals([signalled(kernel), events], [1, []]);
});

Deno.test("an empty cgroup is left alone", () => {
  const kernel = new RecordingKernel(), { cgroup, events } = fakeCgroup([[]]);
  assertEquals([...signalProcesses(kernel, cgroup, SIGKILL)!], []);
  assertEquals([kernel.operations.length, events], [0, []]);
});

Deno.test("cgroup.kill does it at once where there is one hierarchy", () => {
  const dir = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    Deno.writeTextFileSync(`${dir}/cgroup.kill`, "");
    const kernel = new RecordingKernel(), { cgroup } = fakeCgroup([[7]]);
    Object.assign(cgroup, { mode: "unified", paths: { "": dir } });
    assertEquals(signalProcesses(kernel, cgroup, SIGKILL), undefined);
    assertEquals([Deno.readTextFileSync(`${dir}/cgroup.kill`), kernel.operations.length], ["1", 0]);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
