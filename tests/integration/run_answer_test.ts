/**
 * The third `run` of a bundle, which the entry stub does: whether it did shows in the number of its threads. The first
 * leaves a mark, the second an answer.
 */
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { ANSWERING, ANSWERING_OUTSIDE } from "../support/answering.ts";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { threadsOf } from "../support/threads.ts";

const here = ANSWERING, outside = ANSWERING_OUTSIDE;

/** Everything that a process can tell of itself. */
const LOOK = `id; env; umask; pwd; cat /proc/self/limits /proc/self/cgroup /proc/self/oom_score_adj
grep -E '^(Sig[^Q]|Shd|Cap|NoNew|Seccomp|Cpus_allowed_list|Groups|Uid)' /proc/self/status
cut -d' ' -f4- /proc/self/mountinfo; ls -l /dev /proc/self/fd; hostname; cat /proc/1/comm; ls /proc/sys/net/ipv4/conf
mknod /dev/mem c 1 1; head -c 0 < /dev/mem; echo memory $?`;

/** Numbers that differ from run to run: times, processes, devices without a name. */
function masked(text: string, id: string): string {
  return text.replaceAll(id, "ID").replaceAll(/\d\d:\d\d/g, "TIME").replaceAll(/0:\d+/g, "DEV")
    // Real-time signals that a caller ignores are his own affair, and Deno's.
    .replaceAll(/SigIgn:\t[0-9a-f]+/g, "SigIgn").replaceAll(
      /\/proc\/\d+\/fd|pts\/\d+|(socket|pipe):\[\d+\]/g,
      "NUMBER",
    );
}

function runs(runtime: Runtime, bundle: Bundle, options: Deno.CommandOptions = {}) {
  const id = runtime.newId(),
    { code, stdout, stderr } = runtime.call(["run", "-b", bundle.directory, id], options);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  return { code, stdout: masked(stdout, id), stderr };
}

/** Takes away what was left for later runs: an answer that does not hold stays for a while. */
function forget(runtime: Runtime): void {
  for (const { name } of Deno.readDirSync(runtime.root)) {
    if (name.endsWith(".answer")) Deno.removeSync(`${runtime.root}/${name}`);
  }
}

/** Whether a run is done without Deno; it must take a while. */
function isAnswered(runtime: Runtime, args: readonly string[], options: Deno.CommandOptions = {}): boolean {
  using child = startRun(runtime, args, options);
  return threadsOf(child.pid) === 1;
}

/** Whether a child of this process runs no more, reaped or not. */
function hasEnded(pid: number): boolean {
  try {
    return /\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return true;
  }
}

/** Starts a run, and waits until its program runs. */
function startRun(runtime: Runtime, args: readonly string[], options: Deno.CommandOptions = {}) {
  const command = new Deno.Command(RUNT, {
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...options,
    args: ["--root", runtime.root, "run", ...args],
  });
  const id = args.at(-1)!, child = command.spawn();
  waitUntil("it runs", () => {
    const { code, stdout } = runtime.call(["state", id]);
    return code === 0 && JSON.parse(stdout).status === "running";
  });
  return {
    id,
    pid: child.pid,
    status: child.status,
    kill: (signal: Deno.Signal) => child.kill(signal),
    [Symbol.dispose]: () => {
      runtime.call(["delete", "--force", id]);
      // Until its end it may be writing down the answer that the next run is to find.
      waitUntil("it has ended", () => hasEnded(child.pid));
    },
  };
}

testNeeding(here, "a bundle is run again as it was the first time", () => {
  using bundle = makeBundle(({ process }) => {
    process.args = ["sh", "-c", `${LOOK}; exit 7`];
    for (const set of ["bounding", "effective", "permitted"]) process.capabilities[set].push("CAP_MKNOD");
  });
  using runtime = new Runtime();
  runs(runtime, bundle);
  const second = runs(runtime, bundle), third = runs(runtime, bundle), fourth = runs(runtime, bundle);
  assertEquals(second.code, 7);
  assertStringIncludes(second.stdout, "CapBnd");
  assertStringIncludes(second.stdout, "memory 1");
  assertEquals(third, second);
  assertEquals(fourth, second);
  const lines = Deno.readTextFileSync(`${runtime.root}/journal.ndjson`).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const told = ["create", "start", "exit"];
  assertEquals(lines.map(({ event }) => event), [...told, ...told, ...told, ...told]);
  const [first, last] = [lines[3], lines[9]];
  assertEquals(Object.keys(last), Object.keys(first));
  assert(last.pid > 0 && Math.abs(Date.parse(last.time) - Date.now()) < 60_000, JSON.stringify(last));
  assertEquals(lines[11].code, 7);
});

testNeeding(here, "while it runs, a container that was made by an answer is like any other", async () => {
  using bundle = makeBundle(({ process, linux }) => {
    process.args = ["sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.1; done"];
    linux.resources.memory = { limit: 64 << 20 };
    linux.resources.pids = { limit: 50 };
  });
  using runtime = new Runtime();
  const inspect = (id: string) => {
    const state = { ...runtime.state(id), id: "", pid: 0, created: "" };
    const facts = JSON.parse(Deno.readTextFileSync(`${runtime.root}/${id}/state.json`));
    const read = (controller: string, file: string) =>
      Deno.readTextFileSync(`${facts.cgroup_paths[controller]}/${file}`);
    assertMatch(facts.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert(facts.init_process_start > 0);
    const limits = facts.cgroup_paths.memory
      ? [read("memory", "memory.limit_in_bytes"), read("pids", "pids.max"), read("devices", "devices.list")]
      : [read("", "memory.max"), read("", "pids.max")];
    const paths = JSON.stringify(facts.cgroup_paths).replaceAll(id, "ID");
    const processes = read(facts.cgroup_paths.pids ? "pids" : "", "cgroup.procs").split("\n").includes(
      String(facts.init_process_pid),
    );
    return { state, limits, paths, processes, labels: facts.config.labels, keys: Object.keys(facts.runt) };
  };
  const seen = [];
  for (const answered of [false, false, true]) {
    using child = startRun(runtime, ["-b", bundle.directory, runtime.newId()]);
    assertEquals(threadsOf(child.pid) === 1, answered);
    seen.push(inspect(child.id));
    assertEquals(runtime.must(["exec", child.id, "echo", "in"]).stdout, "in\n");
    runtime.must(["pause", child.id]);
    runtime.must(["resume", child.id]);
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 9);
    assertEquals(leftovers(child.id, runtime.root, bundle.directory), []);
  }
  assertEquals(seen[2], seen[1]);
});

testNeeding(here, "signals that end the program, and orphans, are told as ever", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", "(sleep 0.1 &) ; sleep 100"]);
  using runtime = new Runtime();
  for (let i = 0; i < 3; i++) {
    using child = startRun(runtime, ["-b", bundle.directory, runtime.newId()]);
    runtime.must(["kill", child.id, "KILL"]);
    assertEquals((await child.status).code, 137);
    assertEquals(leftovers(child.id, runtime.root, bundle.directory), []);
  }
});

testNeeding(outside, "whatever is not as it was is done by TypeScript", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const flags = () => ["-b", bundle.directory, runtime.newId()],
    warm = () => {
      forget(runtime);
      isAnswered(runtime, flags());
      isAnswered(runtime, flags());
      assertEquals(isAnswered(runtime, flags()), true);
    };
  warm();
  // A stream that is no null device would have been looked at.
  assertEquals(isAnswered(runtime, flags(), { stdout: "piped" }), false);
  warm();
  assertEquals(isAnswered(runtime, ["--bundle", `${bundle.directory}/.`, runtime.newId()]), false);
  warm();
  assertEquals(isAnswered(runtime, ["--keep", ...flags()]), false);
  assertEquals(isAnswered(runtime, flags(), { env: { LISTEN_FDS: "0" } }), false);
  assertEquals(isAnswered(runtime, flags()), true);
  // The same bytes, but written anew.
  bundle.update(({ process }) => process.args = ["sleep", "100"]);
  assertEquals(isAnswered(runtime, flags()), false);
  warm();
  // A directory of the root that is not what it was.
  Deno.writeTextFileSync(`${bundle.rootfs}/etc/passwd`, "root:x:0:0:root:/other:/bin/sh\n");
  assertEquals(isAnswered(runtime, flags()), false);
  warm();
});

testNeeding(here, "an answer that fails half-way leaves nothing, and the failure is told as ever", () => {
  using bundle = makeBundle(({ process }) => process.args = ["/bin/program"]);
  using runtime = new Runtime();
  const program = `${bundle.rootfs}/bin/program`;
  Deno.writeTextFileSync(program, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  for (let i = 0; i < 3; i++) assertEquals(runs(runtime, bundle).code, 1);
  Deno.removeSync(program);
  const { code, stderr } = runs(runtime, bundle);
  assertNotEquals(code, 0);
  assertStringIncludes(stderr, "/bin/program: no such file or directory");
  // The name is another's.
  Deno.mkdirSync(`${runtime.root}/taken`);
  const taken = runtime.call(["run", "-b", bundle.directory, "taken"]);
  assertStringIncludes(taken.stderr, "container with given ID already exists");
  assertEquals(Array.from(Deno.readDirSync(`${runtime.root}/taken`)), []);
  Deno.removeSync(`${runtime.root}/taken`);
});

testNeeding(outside, "runs of one bundle side by side do not meet", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", "echo $$; exit 3"]);
  using runtime = new Runtime();
  for (let i = 0; i < 3; i++) runs(runtime, bundle);
  const ids = Array.from({ length: 40 }, () => runtime.newId());
  const worker = async (mine: string[]) => {
    for (const id of mine) {
      const args = ["--root", runtime.root, "run", "-b", bundle.directory, id];
      const { code, stdout } = await new Deno.Command(RUNT, { args, stdin: "null" }).output();
      assertEquals([code, new TextDecoder().decode(stdout)], [3, "1\n"]);
    }
  };
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => worker(ids.filter((_, i) => i % 8 === n))));
  for (const id of ids) assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(outside, "killed at any moment, an answered run leaves what delete --force removes", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  for (let i = 0; i < 3; i++) isAnswered(runtime, ["-b", bundle.directory, runtime.newId()]);
  for (let delay = 1; delay <= 12; delay++) {
    const id = runtime.newId(), args = ["--root", runtime.root, "run", "-b", bundle.directory, id];
    const child = new Deno.Command(RUNT, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    await new Promise((done) => setTimeout(done, delay));
    child.kill("SIGKILL");
    await child.status;
    runtime.call(["delete", "--force", id]);
    waitUntil("all is gone", () => leftovers(id, runtime.root, bundle.directory).length === 0);
  }
});
