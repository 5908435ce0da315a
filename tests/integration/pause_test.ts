/**
 * pause, resume and ps under the built executable and under runc: the same steps for both, and what each command says
 * must agree. Needs root.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { type Outcome, RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { parseLogLine } from "../support/side_by_side.ts";

/** Counts in the file /count of its rootfs, so that one can see whether it runs. */
function makeCountingBundle(): Bundle {
  return makeBundle(({ process, root }) => {
    root.readonly = false;
    process.args = ["sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >/count; usleep 10000; done"];
  });
}

function countOf(bundle: Bundle): number {
  try {
    return Number(Deno.readTextFileSync(`${bundle.rootfs}/count`));
  } catch {
    return 0;
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** What a user sees of an outcome, without what differs from run to run; runt may put a hint behind its message. */
function said({ code, stdout, stderr }: Outcome): string {
  const message = stderr === "" ? "" : parseLogLine(stderr.trimEnd()).message.replace(/ \([^()]*\)$/, "");
  return `${code} ${message} ${stdout}`.trim();
}

interface Life {
  readonly id: string;
  /** Runs a command, which goes into the transcript. */
  call(...args: string[]): void;
  /** Runs one that does not. */
  peek(...args: string[]): string;
}

/** Lives one life under a runtime; the steps that it took, as text. */
function live(runtimeProgram: string, steps: (life: Life) => void): string[] {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime(runtimeProgram);
  const id = runtime.newId(), transcript: string[] = [];
  assertEquals(runtime.create(bundle.directory, id).code, 0);
  const pid = runtime.state(id).pid;
  const call = (...args: string[]) => {
    const text = said(runtime.call(args)).replaceAll(id, "ID")
      .replace(new RegExp(`\\b${pid}\\b`, "g"), "PID").replaceAll(bundle.directory, "BUNDLE")
      .replace(/"ociVersion": ?"[^"]*"/g, "VERSION")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z/g, "TIME")
      .replace(/\broot +PID .*\d\d:\d\d:\d\d/g, "PS").replace(/ +/g, " ")
      // A column is as wide as the longest number in it.
      .replace(/^ PID/gm, "PID");
    transcript.push(`${args.join(" ").replaceAll(id, "ID")} -> ${text}`);
  };
  steps({ id, call, peek: (...args) => runtime.call(args).stdout });
  return transcript;
}

function assertSameLife(steps: (life: Life) => void): void {
  const theirs = live("runc", steps), ours = live(RUNT, steps);
  assert(theirs.length > 0);
  assertEquals(ours, theirs);
}

testNeeding([root, program("runc")], "a paused container reads as under runc, with its refusals", () => {
  assertSameLife(({ id, call }) => {
    call("resume", id);
    call("pause", id); // a created one
    for (const command of ["state", "start", "pause", "delete"]) call(command, id);
    call("resume", id);
    call("state", id);
    call("start", id);
    call("resume", id);
    call("pause", id);
    for (const command of ["state", "start", "pause", "delete"]) call(command, id);
    call("list");
    call("list", "-f", "json");
    call("kill", id, "0");
    call("state", id);
    call("resume", id);
    call("state", id);
  });
});

testNeeding([root, program("runc")], "SIGKILL ends a paused container, which is stopped then", () => {
  assertSameLife(({ id, call, peek }) => {
    call("start", id);
    call("pause", id);
    call("kill", id, "KILL");
    waitUntil("it has stopped", () => peek("state", id).includes('"stopped"'));
    for (const command of ["pause", "resume", "state"]) call(command, id);
    call("delete", id);
    for (const command of ["pause", "resume", "ps"]) call(command, id);
  });
});

testNeeding(
  [root],
  "a paused container's processes stand still until it is resumed; the journal knows",
  () => {
    using bundle = makeCountingBundle();
    using runtime = new Runtime();
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    runtime.must(["start", id]);
    waitUntil("it counts", () => countOf(bundle) > 2);
    runtime.must(["exec", id, "true"]);
    runtime.must(["pause", id]);
    const count = countOf(bundle);
    sleep(200);
    assertEquals(countOf(bundle), count);
    runtime.must(["resume", id]);
    waitUntil("it counts again", () => countOf(bundle) > count);
    const events = Deno.readTextFileSync(`${runtime.root}/journal.ndjson`).trim().split("\n")
      .map((line) => JSON.parse(line).event);
    assertEquals(events, ["create", "start", "exec", "pause", "resume"]);
  },
);

testNeeding([root], "a signal to a paused container waits for its resume", () => {
  using bundle = makeBundle(({ process, root }) => {
    root.readonly = false;
    process.args = ["sh", "-c", "trap 'exit 0' TERM; echo 1 >/count; while :; do sleep 0.01; done"];
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  waitUntil("the trap is set", () => countOf(bundle) === 1);
  runtime.must(["pause", id]);
  runtime.must(["kill", id, "TERM"]);
  runtime.must(["kill", "--all", id, "TERM"]);
  sleep(100);
  assertEquals(runtime.state(id).status, "paused");
  runtime.must(["resume", id]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
});

testNeeding([root], "start does not wait for a program that pause holds up", async () => {
  // Until the hook has ended the program is not executed.
  const hook = "while ! [ -e /count ]; do usleep 10000; done";
  using bundle = makeBundle((config) => {
    config.process.args = ["sleep", "100"];
    config.hooks = { startContainer: [{ path: "/bin/sh", args: ["sh", "-c", hook] }] };
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  const start = new Deno.Command(RUNT, {
    args: ["--root", runtime.root, "start", id],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  waitUntil("it runs", () => runtime.state(id).status === "running");
  runtime.must(["pause", id]);
  const { code, stderr } = await start.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(runtime.state(id).status, "paused");
  runtime.must(["resume", id]);
  Deno.writeTextFileSync(`${bundle.rootfs}/count`, "1");
  const { pid } = runtime.state(id);
  waitUntil("it sleeps", () => Deno.readTextFileSync(`/proc/${pid}/cmdline`).startsWith("sleep"));
});

testNeeding([root], "delete --force ends paused containers, created and running", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  for (const started of [false, true]) {
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    if (started) runtime.must(["start", id]);
    runtime.must(["pause", id]);
    runtime.must(["delete", "--force", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  }
});

testNeeding(
  [root, program("runc"), program("ps")],
  "ps prints what runc's does, with any options of ps",
  () => {
    assertSameLife(({ id, call, peek }) => {
      call("ps", "-f", "json", id);
      call("start", id);
      waitUntil("it runs sleep", () => peek("ps", id).includes("sleep"));
      call("ps", id);
      call("ps", "--format", "table", id);
      call("ps", "-f", "json", id);
      call("ps", "--format=json", id, "-o", "pid");
      call("ps", "-f", "xml", id);
      call("ps", id, "-o", "pid,args", "-e");
      call("ps", id, "-o", "user,pid", "-e");
      call("ps", id, "-o", "args");
      call("ps", id, "-e", "--", "x");
      call("kill", id, "KILL");
      waitUntil("it has stopped", () => peek("state", id).includes('"stopped"'));
      call("ps", id);
      call("ps", "-f", "json", id);
    });
  },
);

testNeeding(
  [root, program("ps")],
  "ps lists the processes below the init, and tells the errors of ps",
  () => {
    using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", "sleep 98 & sleep 99 & wait"]);
    using runtime = new Runtime();
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    runtime.must(["start", id]);
    waitUntil("all run", () => JSON.parse(runtime.must(["ps", "-f", "json", id]).stdout).length === 3);
    const { stdout } = runtime.must(["ps", id, "-eo", "pid,args"]);
    for (const args of ["sh -c sleep 98", "sleep 98", "sleep 99"]) assertStringIncludes(stdout, args);
    assertEquals(stdout.trimEnd().split("\n").length, 4);
    const { code, stderr } = runtime.call(["ps", id, "--nosuch"]);
    assertEquals(code, 1);
    assertMatch(stderr, /msg="exit status 1: error: /);
    const path = runtime.call(["ps", id], { env: { PATH: "/nonexistent" } });
    assertStringIncludes(path.stderr.replaceAll("\\", ""), 'exec: "ps": executable file not found in $PATH');
  },
);
