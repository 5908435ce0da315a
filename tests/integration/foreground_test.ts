/** What runt does in the foreground: signals, orphans, exit codes; beside runc, under load, and when it is killed. */
import { assert, assertEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const NEEDS = [root], WITH_RUNC = [root, program("runc")];
/**
 * Not looked at: SIGKILL and SIGSTOP; SIGCHLD, of which the shell has its own; SIGURG and SIGPROF, which Go uses and
 * older versions of runc pass on, asked or not; those of the C library.
 */
const OTHERS = [9, 19, 17, 23, 27, 32, 33, 34];

/** A runtime in the foreground beside the test; its container writes to the rootfs, not to a pipe. */
function begin(runtime: Runtime, args: readonly string[], before = ""): Deno.ChildProcess {
  const script = `${before} exec "$@" < /dev/null > "$ROOT/.output" 2>&1`;
  return new Deno.Command("bash", {
    args: ["-c", script, "bash", runtime.program, "--root", runtime.root, ...args],
    env: { ROOT: runtime.root },
  }).spawn();
}

function makeWritable(script: string, change: Parameters<typeof makeBundle>[0] = () => {}): Bundle {
  return makeBundle((config) => {
    config.root.readonly = false;
    config.process.args = ["sh", "-c", script];
    change!(config);
  });
}

function read(bundle: Bundle, name: string): string {
  try {
    return Deno.readTextFileSync(`${bundle.rootfs}/tmp/${name}`);
  } catch {
    return "";
  }
}

function sendSignal(pid: number, signal: number): void {
  new Deno.Command("kill", { args: [`-${signal}`, String(pid)] }).outputSync();
}

/** Signals that reach the program when they are sent to the runtime, and what the runtime ends with. */
async function signalsThatArrive(executable: string, before = ""): Promise<[string, number]> {
  const signals = Array.from({ length: 64 }, (_, i) => i + 1).filter((signal) => !OTHERS.includes(signal));
  using bundle = makeWritable(
    `for s in ${signals.join(" ")}; do trap "echo $s >> /tmp/got" $s; done; ` +
      "trap 'echo end >> /tmp/got; exit 9' USR1; echo > /tmp/ready; while :; do usleep 5000; done",
  );
  using runtime = new Runtime(executable);
  const child = begin(runtime, ["run", "-b", bundle.directory, runtime.newId()], before);
  waitUntil("it runs", () => read(bundle, "ready") !== "");
  for (const signal of signals.filter((signal) => signal !== 10)) {
    const had = read(bundle, "got").length;
    sendSignal(child.pid, signal);
    // A signal that is not passed on is not waited for: others that come later show that there is time.
    const end = Date.now() + 500;
    while (read(bundle, "got").length === had && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  child.kill("SIGUSR1");
  const { code } = await child.status;
  return [read(bundle, "got").trim().split("\n").join(" "), code];
}

testNeeding(WITH_RUNC, "every signal that runc passes on is passed on", async () => {
  const [got, code] = await signalsThatArrive(RUNT);
  assertEquals([got, code], await signalsThatArrive("runc"));
  assertEquals(code, 9);
  assert(got.includes(" 64 ") && got.includes("11 12 13 "), got);
});

testNeeding(NEEDS, "signals that the caller has blocked or ignores are passed on", async () => {
  const plain = await signalsThatArrive(RUNT);
  assertEquals(await signalsThatArrive(RUNT, "trap '' HUP INT TERM QUIT PIPE;"), plain);
});

testNeeding(NEEDS, "a signal that comes at any moment ends the container, and nothing is left", async () => {
  using bundle = makeWritable("exec sleep 100", ({ linux }) => {
    // Without a pid namespace of its own a program dies of what it does not handle.
    linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
  });
  using runtime = new Runtime();
  const busy = ["", "", ""].map(() => {
    return new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn();
  });
  try {
    for (let delay = 0; delay <= 120; delay += 6) {
      const id = runtime.newId(), child = begin(runtime, ["run", "-b", bundle.directory, id]);
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGTERM");
      const { code } = await child.status;
      // 143: before there was anything to end, runt did; later the program, and runt says so.
      assertEquals([delay, code], [delay, 143]);
      assertEquals([delay, leftovers(id, runtime.root, bundle.directory)], [delay, []]);
    }
  } finally {
    for (const child of busy) child.kill("SIGKILL");
    for (const child of busy) await child.status;
  }
});

testNeeding(NEEDS, "a signal that comes at any moment ends what is executed", async () => {
  using bundle = makeWritable("exec sleep 100");
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.must(["run", "-d", "-b", bundle.directory, id], { stdout: "null", stderr: "null" });
  for (let delay = 0; delay <= 60; delay += 4) {
    const child = begin(runtime, ["exec", id, "sleep", "100"]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill("SIGTERM");
    // Not 255, by which exec tells that it failed itself.
    assertEquals([delay, (await child.status).code], [delay, 143]);
  }
  assertEquals(runtime.must(["ps", "-f", "json", id]).stdout.split(",").length, 1);
});

testNeeding(NEEDS, "a container whose runt was killed runs on, and delete --force removes it", async () => {
  using bundle = makeWritable("echo > /tmp/ready; exec sleep 100");
  using runtime = new Runtime();
  const id = runtime.newId(), child = begin(runtime, ["run", "-b", bundle.directory, id]);
  waitUntil("it runs", () => read(bundle, "ready") !== "");
  child.kill("SIGKILL");
  await child.status;
  assertEquals(runtime.state(id).status, "running");
  runtime.must(["delete", "--force", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

/** Who the parent of an orphan of the container is, when it shares the pid namespace of the host. */
async function adopterOf(executable: string, ...flags: string[]): Promise<string> {
  using bundle = makeWritable(
    "sh -c 'sleep 60 & echo $! > /tmp/orphan'; echo > /tmp/ready; sleep 60",
    ({ linux, mounts }) => {
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
      mounts[0] = { destination: "/proc", source: "/proc", type: "bind", options: ["rbind"] };
    },
  );
  using runtime = new Runtime(executable);
  const child = begin(runtime, ["run", ...flags, "-b", bundle.directory, runtime.newId()]);
  waitUntil("it runs", () => read(bundle, "ready") !== "");
  const pid = read(bundle, "orphan").trim();
  const parent = /^PPid:\s*(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1];
  child.kill("SIGKILL");
  await child.status;
  return Number(parent) === child.pid ? "the runtime" : "somebody else";
}

testNeeding(
  WITH_RUNC,
  "orphans of the container are adopted, and with --no-subreaper they are not",
  async () => {
    for (const executable of [RUNT, "runc"]) {
      assertEquals(await adopterOf(executable), "the runtime");
      assertEquals(await adopterOf(executable, "--no-subreaper"), "somebody else");
    }
  },
);

testNeeding(NEEDS, "many orphans are reaped while the container runs", async () => {
  using bundle = makeWritable(
    "i=0; while [ $i -lt 40 ]; do sh -c 'true & true & true &'; i=$((i+1)); done; echo > /tmp/ready; sleep 1; exit 5",
    ({ linux }) => {
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
    },
  );
  using runtime = new Runtime();
  const child = begin(runtime, ["run", "-b", bundle.directory, runtime.newId()]);
  waitUntil("it has made them", () => read(bundle, "ready") !== "");
  const zombies = () => {
    return [...Deno.readDirSync("/proc")].filter(({ name }) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        const status = Deno.readTextFileSync(`/proc/${name}/status`);
        return status.includes(`PPid:\t${child.pid}\n`) && status.includes("State:\tZ");
      } catch {
        return false;
      }
    }).length;
  };
  waitUntil("all are reaped", () => zombies() === 0);
  assertEquals((await child.status).code, 5);
});

testNeeding(
  [root],
  "the caller's own file stays his in the foreground, and is the user's where nobody waits",
  () => {
    using bundle = makeBundle(({ process }) => {
      process.args = ["true"];
      process.user = { uid: 1000, gid: 1000 };
    });
    for (const program of [RUNT, ...(run("sh", ["-c", "command -v runc"]).code === 0 ? ["runc"] : [])]) {
      using runtime = new Runtime(program);
      const file = `${runtime.root}/.output`;
      for (const [flags, owner] of [[[], 0], [["--detach"], 1000]] as const) {
        Deno.writeTextFileSync(file, "");
        Deno.chownSync(file, 0, 0);
        const words = [
          program,
          "--root",
          runtime.root,
          "run",
          ...flags,
          "-b",
          bundle.directory,
          runtime.newId(),
        ];
        run("sh", ["-c", 'exec "$@" >"$0" 2>&1 </dev/null', file, ...words]);
        assertEquals(Deno.statSync(file).uid, owner, `${program} ${flags}`);
      }
    }
  },
);
