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
