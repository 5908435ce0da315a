/**
 * runt, or a process that it makes, is killed at system calls all over `exec`, one after the other: no process may
 * stay, in the container or outside, and the container goes on. And every one of them fails in turn; then it is told,
 * and no pid file is left, either.
 *
 * Seen to fail without the defence: have the processes inherit runt's end of their control socket (`openSocket()` of
 * `libcontainer/process/joined_process.ts`) and take `closeDescriptors()` out there; leave `removePidFile()` out of
 * `libcontainer/lifecycle/exec.ts` (second test).
 */
import { assert, assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { type RunningContainer, startContainer } from "../support/running_container.ts";
import { type Outcome, run, waitUntil } from "../support/runtime.ts";
import { type Place, placesIn, tampering } from "../support/tampering.ts";

const NEEDS = [root, program("strace")];
/** How many places are tried: all of them with RUNT_THOROUGH=1. */
const MOST = Deno.env.get("RUNT_THOROUGH") ? Infinity : 70;
/** What strace may take, which ends with the last process that it traces. */
const MOST_SECONDS = 20;

/** An exec of a program that ends at once, under strace. */
function exec({ runtime, id }: RunningContainer, strace: readonly string[], pidFile: string): Outcome {
  const command = [runtime.program, "--root", runtime.root, "exec", "--pid-file", pidFile, id, "true"];
  return run("timeout", [`${MOST_SECONDS}`, "strace", ...strace, ...command]);
}

function findPlaces(running: RunningContainer, pidFile: string): Place[] {
  const log = Deno.makeTempFileSync();
  assertEquals(exec(running, ["-f", "-o", log], pidFile).code, 0);
  const text = Deno.readTextFileSync(log);
  Deno.removeSync(log);
  return placesIn(text, "state.json", MOST);
}

/** Processes that are in the cgroup of a container, but for zombies. */
function processesIn(id: string): number[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const alive = !/^State:\s*[ZX]/m.test(Deno.readTextFileSync(`/proc/${name}/status`));
      return alive && Deno.readTextFileSync(`/proc/${name}/cgroup`).includes(`/${id}`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Tampers with one exec after the other; the outcomes, once it is sure that nothing stays. */
function tamperAll(what: string, check: (place: Place, outcome: Outcome, pidFile: string) => void): void {
  using running = startContainer();
  const pidFile = `${running.directory}/pid`, places = findPlaces(running, pidFile);
  assert(places.length >= 40, `only ${places.length} places`);
  for (const place of places) {
    for (const path of [pidFile, `${running.directory}/.pid`]) tryRemove(path);
    const start = performance.now(), outcome = exec(running, tampering(place, what), pidFile);
    // Not by timeout's code: killed as runt was, strace ends with another.
    assert(performance.now() - start < 1000 * MOST_SECONDS, `a process stays after ${place}`);
    waitUntil(`the init alone is in the container after ${place}`, () => {
      return processesIn(running.id).join() === String(running.pid);
    });
    assertEquals(running.runtime.state(running.id).status, "running", `${place}`);
    check(place, outcome, pidFile);
  }
  assertEquals(running.exec("ID", "echo", "well").stdout, "well\n");
}

testNeeding(NEEDS, "killed at any call, exec leaves no process", () => {
  let killed = 0, count = 0;
  tamperAll("signal=SIGKILL", (_, { code }) => {
    count++;
    if (code !== 0) killed++;
  });
  assert(killed > count / 2, `only ${killed} of ${count} were killed`);
});

testNeeding(NEEDS, "failing at any call, exec either goes on or leaves nothing and says why", () => {
  let failed = 0;
  tamperAll("error=ENOMEM", ([call, nth], { code, stderr }, pidFile) => {
    if (code === 0) return;
    failed++;
    const what = `${call} ${nth}: ${stderr}`;
    assert(stderr !== "" || call === "write", what);
    assert(!/undefined|NaN|\[object |Cannot read prop/.test(stderr), what);
    const isThere = [...Deno.readDirSync(pidFile.slice(0, pidFile.lastIndexOf("/")))]
      .some(({ name }) => name.endsWith("pid"));
    assert(!isThere || call.startsWith("unlink"), `a pid file is left, ${what}`);
  });
  assert(failed > 15, `only ${failed} execs failed`);
});

function tryRemove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch { /* not there */ }
}
