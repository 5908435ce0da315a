/**
 * The third `exec` of a command line in a container, which the entry stub does: whether it did shows in the number of
 * its threads. The first leaves a mark, the second an answer.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ANSWERING, ANSWERING_OUTSIDE } from "../support/answering.ts";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { threadsOf } from "../support/threads.ts";

const here = ANSWERING, outside = ANSWERING_OUTSIDE;

function start(runtime: Runtime, bundle: Bundle): string {
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id).code, 0);
  runtime.must(["start", id]);
  return id;
}

const bundleOf = (change: Parameters<typeof makeBundle>[0] = () => {}) =>
  makeBundle((config) => {
    config.process.args = ["sleep", "100"];
    change?.(config);
  });

/** Whether an exec that takes a while is done without Deno. */
async function isAnswered(runtime: Runtime, args: readonly string[], options: Deno.CommandOptions = {}) {
  const child = new Deno.Command(RUNT, {
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...options,
    args: ["--root", runtime.root, "exec", ...args],
  }).spawn();
  let ended = false, most = 0;
  const end = child.status.then(() => ended = true);
  while (!ended) {
    most = Math.max(most, threadsOf(child.pid));
    await new Promise((done) => setTimeout(done, 5));
  }
  await end;
  return most === 1;
}

const LOOK = `id; env; umask; pwd; cat /proc/self/limits /proc/self/cgroup /proc/self/oom_score_adj
grep -E '^(Sig[^Q]|Shd|Cap|NoNew|Seccomp|Cpus_allowed_list|Groups|Uid)' /proc/self/status; ls -l /proc/self/fd; exit 5`;

testNeeding(here, "a command line is executed again as it was the first time", () => {
  using bundle = bundleOf(({ process, linux }) => {
    process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }];
    process.user = { uid: 1000, gid: 1000, umask: 0o27, additionalGids: [5] };
    linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW" };
  });
  using runtime = new Runtime();
  const id = start(runtime, bundle), args = ["exec", "--env", "A=B", "--cwd", "/tmp", id, "sh", "-c", LOOK];
  const look = () => {
    const { code, stdout, stderr } = runtime.call(args, { stdin: "null", stderr: "null" });
    return { code, stderr, stdout: stdout.replaceAll(/pipe:\[\d+\]|\/proc\/\d+|\d\d:\d\d/g, "N") };
  };
  const [first, second] = [look(), look(), look(), look()];
  assertEquals(first!.code, 5);
  assertStringIncludes(first!.stdout, "A=B");
  assertEquals(second, first);
  const third = look();
  assertEquals(third, first);
  const lines = Deno.readTextFileSync(`${runtime.root}/journal.ndjson`).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  ).filter(({ event }) => event === "exec");
  assertEquals(lines.length, 5);
  for (const line of lines) assertEquals(Object.keys(line), ["time", "id", "event", "pid"]);
});

/** Executes what stands in a file, as engines do; what stays has no pipe of ours. */
function execFile(runtime: Runtime, id: string, process: unknown, ...flags: string[]) {
  const file = Deno.makeTempFileSync({ prefix: "runt-test-" }), pidFile = `${file}.pid`;
  Deno.writeTextFileSync(file, typeof process === "string" ? process : JSON.stringify(process));
  const given = flags.map((flag) => flag.replace("PID", pidFile));
  const output = flags.includes("--detach") ? "null" : "piped";
  const options = { stdin: "null", stdout: output, stderr: output } as const;
  const outcome = runtime.call(["exec", "--process", file, ...given, id], options);
  const pid = readIfThere(pidFile), left = readIfThere(`${pidFile.replace(/[^/]*$/, ".$&")}`);
  for (const path of [file, pidFile]) if (readIfThere(path) !== undefined) Deno.removeSync(path);
  return { ...outcome, pid, left };
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

const PROCESS = {
  args: ["sh", "-c", "echo $$ $A; id -u; exit 7"],
  cwd: "/",
  env: ["PATH=/bin", "A=b"],
  user: { uid: 0, gid: 0 },
};

testNeeding(here, "what stands in a file is executed again, whatever the file's name is", () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle);
  const answers = () =>
    [...Deno.readDirSync(`${runtime.root}/${id}`)].filter(({ name }) => /^execp\d.answer$/.test(name))
      .map(({ name }) => Deno.statSync(`${runtime.root}/${id}/${name}`).size);
  for (let i = 0; i < 4; i++) {
    const { code, stdout, stderr, pid } = execFile(runtime, id, PROCESS);
    assertEquals([code, stdout.replace(/^\d+/, "N"), stderr, pid], [7, "N b\n0\n", "", undefined]);
    assertEquals(answers().map((size) => size > 104), [i > 0]);
  }
  // Another process of the same size, and so in the same place.
  const other = { ...PROCESS, env: ["PATH=/bin", "A=c"] };
  for (let i = 0; i < 3; i++) assertStringIncludes(execFile(runtime, id, other).stdout, " c\n0\n");
  const bad = execFile(runtime, id, JSON.stringify(PROCESS).replace(/}$/, "]"));
  assertEquals(bad.code, 255);
  assertStringIncludes(bad.stderr, "exec failed");
});

testNeeding(here, "executed detached, its pid is in the file", () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle), process = { ...PROCESS, args: ["sleep", "50"] };
  const pids = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const { code, pid, left } = execFile(runtime, id, process, "--detach", "--pid-file", "PID");
    assertEquals([code, left], [0, undefined]);
    assertEquals(Deno.readTextFileSync(`/proc/${pid}/cmdline`), "sleep\x0050\0");
    pids.add(pid!);
  }
  assertEquals(pids.size, 4);
  // Asked for less, or more.
  assertEquals(execFile(runtime, id, process, "--detach").pid, undefined);
  const { code, stderr, left } = execFile(runtime, id, process, "-d", "--pid-file", "/no/such/directory/PID");
  assertEquals([code, left], [255, undefined]);
  assertStringIncludes(stderr, "/no/such/directory/");
  assertEquals(execFile(runtime, id, process, "--detach", "--pid-file", "/no/such/directory/PID").code, 255);
  const both = execFile(runtime, id, process, "-d", "--detach", "--pid-file", "PID");
  assertEquals([both.code, /^\d+$/.test(both.pid!)], [0, true]);
  // What failed was ended.
  const processes = JSON.parse(runtime.must(["ps", "-f", "json", id]).stdout);
  assertEquals(processes.length, 7);
  runtime.must(["delete", "--force", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(here, "a file that gives what it has only once is read once", () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle), text = JSON.stringify({ ...PROCESS, env: ["PATH=/bin"] }).padEnd(400);
  for (let i = 0; i < 3; i++) assertEquals(execFile(runtime, id, text).code, 7);
  const script = 'printf %s "$3" | "$0" --root "$1" exec --process /dev/stdin "$2"';
  for (let i = 0; i < 3; i++) {
    const args = ["-c", script, RUNT, runtime.root, id, text];
    assertEquals(new Deno.Command("sh", { args, stderr: "null" }).outputSync().code, 7);
  }
});

testNeeding(outside, "whatever is not as it was is done by TypeScript", async () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle), args = [id, "sleep", "0.3"];
  assertEquals(await isAnswered(runtime, args), false);
  assertEquals(await isAnswered(runtime, args), false);
  assertEquals(await isAnswered(runtime, args), true);
  assertEquals(await isAnswered(runtime, [id, "sleep", "0.30"]), false);
  assertEquals(await isAnswered(runtime, ["--user", "0", ...args]), false);
  assertEquals(await isAnswered(runtime, args, { env: { LISTEN_FDS: "1" } }), false);
  assertEquals(await isAnswered(runtime, args), true);
  // What the command finds is another file's.
  Deno.writeTextFileSync(`${bundle.rootfs}/etc/passwd`, "root:x:0:0:root:/other:/bin/sh\n");
  assertEquals(await isAnswered(runtime, args), false);
  runtime.must(["pause", id]);
  const paused = runtime.call(["exec", ...args]);
  assertEquals(paused.code, 255);
  assertStringIncludes(paused.stderr, "cannot exec in a paused container");
  runtime.must(["resume", id]);
});

testNeeding(here, "a program that is gone, and a container that has stopped, are told as ever", () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle), program = `${bundle.rootfs}/bin/program`;
  Deno.writeTextFileSync(program, "#!/bin/sh\nexit 4\n", { mode: 0o755 });
  for (let i = 0; i < 4; i++) assertEquals(runtime.call(["exec", id, "program"]).code, 4);
  Deno.removeSync(program);
  const gone = runtime.call(["exec", id, "program"]);
  assertEquals(gone.code, 255);
  assertStringIncludes(gone.stderr, "executable file not found in $PATH");
  Deno.writeTextFileSync(program, "#!/bin/sh\nexit 4\n", { mode: 0o755 });
  runtime.must(["kill", id, "KILL"]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  const stopped = runtime.call(["exec", id, "program"]);
  assertEquals(stopped.code, 255);
  assertStringIncludes(stopped.stderr, "cannot exec in a stopped container");
  runtime.must(["delete", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(outside, "streams, signals and exit codes of an answered exec are the program's", async () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle),
    script = "trap 'echo got; exit 9' USR1; echo ready; while read a; do :; done; sleep 1";
  for (let i = 0; i < 4; i++) {
    const child = new Deno.Command(RUNT, {
      args: ["--root", runtime.root, "exec", id, "sh", "-c", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("ready")) text += (await reader.read()).value ?? "";
    if (i === 3) assertEquals(threadsOf(child.pid), 1);
    child.kill("SIGUSR1");
    await child.stdin.close();
    assertEquals((await child.status).code, 9);
    while (!text.includes("got")) text += (await reader.read()).value ?? "";
    await reader.cancel();
  }
  const killed = ["exec", id, "sh", "-c", "kill -TERM $$; sleep 1"];
  for (let i = 0; i < 4; i++) assertEquals(runtime.call(killed).code, 143);
});

testNeeding(here, "answered execs side by side leave no process and no descriptor", async () => {
  using bundle = bundleOf();
  using runtime = new Runtime();
  const id = start(runtime, bundle), args = ["--root", runtime.root, "exec", id, "sh", "-c", "exit 6"];
  const once = async () => (await new Deno.Command(RUNT, { args, stdin: "null" }).output()).code;
  for (let i = 0; i < 3; i++) assertEquals(await once(), 6);
  const worker = async () => {
    for (let i = 0; i < 10; i++) assertEquals(await once(), 6);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const processes = JSON.parse(runtime.must(["ps", "-f", "json", id]).stdout);
  assertEquals(processes.length, 1);
  assert(Array.from(Deno.readDirSync(`/proc/${processes[0]}/fd`)).length <= 4);
  // Killed while it waits, it leaves what it started, as any exec does.
  assertEquals(
    Array.from(Deno.readDirSync(`${runtime.root}/${id}`)).filter(({ name }) => /\.\d+$/.test(name)),
    [],
  );
});
