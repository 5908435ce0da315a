/** Answers to `start` and `delete`, and what is asked of an answer's file. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  assertFellThrough,
  bundleOf,
  create,
  LONG,
  NONE,
  SHORT,
  untilStopped,
  withoutFacts,
} from "../support/answered.ts";
import { ANSWERING } from "../support/answering.ts";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";

const here = ANSWERING;

testNeeding(
  here,
  "start and delete are answered, leave nothing, and are in the journal with their time",
  () => {
    using bundle = bundleOf(SHORT);
    using runtime = new Runtime();
    const id = create(runtime, bundle), before = Date.now();
    assertEquals(withoutFacts(runtime, id, () => runtime.call(["start", id])), NONE);
    untilStopped(runtime, id);
    assertEquals(withoutFacts(runtime, id, () => runtime.call(["delete", id])), NONE);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    const lines = Deno.readTextFileSync(`${runtime.root}/journal.ndjson`).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(lines.map(({ event }) => event), ["create", "start", "delete"]);
    for (const { id: noted, time } of lines.slice(1)) {
      assertEquals(noted, id);
      assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const at = Date.parse(time);
      assert(at >= before - 1 && at <= Date.now() + 1, `${time} is not between ${before} and now`);
    }
  },
);

testNeeding(here, "all ways of naming root and log are understood, and the log is made", () => {
  using bundle = bundleOf(LONG);
  using runtime = new Runtime();
  const log = `${runtime.root}/.log`;
  const ways = [
    ["--root", runtime.root],
    [`--root=${runtime.root}`],
    ["--log", log, "--root", runtime.root, "--log-format", "json"],
    [`--log=${log}`, "--log-format=text", `--root=${runtime.root}`, "--systemd-cgroup"],
  ];
  for (const way of ways) {
    const id = create(runtime, bundle);
    assertEquals(withoutFacts(runtime, id, () => run(RUNT, [...way, "start", id])), NONE);
    assertEquals(runtime.state(id).status, "running");
    if (way.some((word) => word.startsWith("--log"))) {
      assertEquals(Deno.readTextFileSync(log), "");
      Deno.removeSync(log);
    }
  }
});

testNeeding(here, "what is not understood is left to the command itself", () => {
  using bundle = bundleOf(LONG);
  using runtime = new Runtime();
  const id = create(runtime, bundle), at = ["--root", runtime.root];
  const fallsThrough = (args: readonly string[], env: Record<string, string> = {}) =>
    assertFellThrough(withoutFacts(runtime, id, () => run(RUNT, args, { env })));
  fallsThrough([...at, "--debug", "start", id]);
  fallsThrough(["start", ...at, id]);
  fallsThrough([...at, "--init", "image", "start", id]);
  // Who waits for readiness gets it told (sd_notify(3)).
  fallsThrough([...at, "start", id], { NOTIFY_SOCKET: "/nowhere" });
  const refused = [
    [[...at, "--log-format", "xml", "start", id], "invalid log-format: xml"],
    [[...at, "--log", "/nowhere/log", "start", id], "Cannot open the log file"],
    [[...at, "start", id, "more"], `requires exactly 1 argument`],
    [[...at, "start", `../${runtime.root.split("/").at(-1)}/${id}`], "invalid container ID format"],
    [[...at, "start"], `requires exactly 1 argument`],
    [["start", id, "--root"], "flag needs an argument"],
    [["--root"], "flag needs an argument"],
  ] as const;
  for (const [args, text] of refused) {
    const { code, stderr, stdout } = run(RUNT, args);
    assert(code !== 0, args.join(" "));
    assertStringIncludes(stderr + stdout, text);
  }
  assertEquals(runtime.state(id).status, "created");
});

testNeeding(here, "an answer holds only for a container that can be started", () => {
  using bundle = bundleOf(LONG);
  using runtime = new Runtime();
  const id = create(runtime, bundle), answer = `${runtime.root}/${id}/start.answer`;
  const kept = Deno.readFileSync(answer);
  const { pid } = runtime.state(id);
  runtime.must(["start", id]);
  const putBack = () => Deno.writeFileSync(answer, kept, { mode: 0o600 });
  putBack();
  assertStringIncludes(runtime.call(["start", id]).stderr, "cannot start an already running container");
  runtime.must(["kill", id, "KILL"]);
  untilStopped(runtime, id);
  assertStringIncludes(runtime.call(["start", id]).stderr, "cannot start a container that has stopped");
  assert(pid > 0);

  const dead = create(runtime, bundle);
  runtime.must(["kill", dead, "KILL"]);
  untilStopped(runtime, dead);
  assertStringIncludes(runtime.call(["start", dead]).stderr, "cannot start a container that has stopped");
});

testNeeding(here, "a frozen container is not started", () => {
  using bundle = bundleOf(LONG);
  using runtime = new Runtime();
  const id = create(runtime, bundle);
  const paths = JSON.parse(Deno.readTextFileSync(`${runtime.root}/${id}/state.json`)).cgroup_paths;
  const [file, frozen, thawed] = paths.freezer
    ? [`${paths.freezer}/freezer.state`, "FROZEN", "THAWED"]
    : [`${paths[""]}/cgroup.freeze`, "1", "0"];
  Deno.writeTextFileSync(file, frozen);
  try {
    assertStringIncludes(runtime.call(["start", id]).stderr, "paused");
  } finally {
    Deno.writeTextFileSync(file, thawed);
  }
  assertEquals(withoutFacts(runtime, id, () => runtime.call(["start", id])), NONE);
});

testNeeding(here, "of many who start a container one does, and the others are told", async () => {
  using bundle = bundleOf(LONG);
  using runtime = new Runtime();
  for (let round = 0; round < 10; round++) {
    const id = create(runtime, bundle);
    const outputs = await Promise.all(
      Array.from(
        { length: 6 },
        () => new Deno.Command(RUNT, { args: ["--root", runtime.root, "start", id], stdin: "null" }).output(),
      ),
    );
    assertEquals(outputs.filter(({ code }) => code === 0).length, 1);
    for (const { code, stderr } of outputs) {
      if (code === 0) continue;
      assertStringIncludes(new TextDecoder().decode(stderr), "cannot start an already running container");
    }
    runtime.must(["delete", "--force", id]);
  }
});

testNeeding(
  here,
  "a container that runs is not deleted, forced it is, and one in use below is by the command itself",
  () => {
    using bundle = bundleOf(LONG);
    using runtime = new Runtime();
    const id = create(runtime, bundle);
    assertStringIncludes(withoutFacts(runtime, id, () => runtime.call(["delete", id])).stderr, "state file");
    runtime.must(["start", id]);
    assertStringIncludes(runtime.call(["delete", id]).stderr, "is not stopped: running");
    assertEquals(runtime.state(id).status, "running");
    runtime.must(["delete", "--force", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);

    for (const force of [["-f"], ["--force"], []]) {
      const stopped = create(runtime, bundle);
      runtime.must(["kill", stopped, "KILL"]);
      untilStopped(runtime, stopped);
      assertEquals(withoutFacts(runtime, stopped, () => runtime.call(["delete", ...force, stopped])), NONE);
      assertEquals(leftovers(stopped, runtime.root, bundle.directory), []);
    }

    const divided = create(runtime, bundle);
    const paths = JSON.parse(Deno.readTextFileSync(`${runtime.root}/${divided}/state.json`)).cgroup_paths;
    for (const path of new Set(Object.values<string>(paths))) Deno.mkdirSync(`${path}/below`);
    runtime.must(["kill", divided, "KILL"]);
    untilStopped(runtime, divided);
    runtime.must(["delete", divided]);
    assertEquals(leftovers(divided, runtime.root, bundle.directory), []);
  },
);

testNeeding(here, "without a pid namespace of its own a container is not deleted by an answer", () => {
  using bundle = makeBundle(({ process, linux }) => {
    process.args = LONG;
    linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
  });
  using runtime = new Runtime();
  const id = create(runtime, bundle);
  assertEquals([...Deno.readDirSync(`${runtime.root}/${id}`)].map(({ name }) => name).sort(), [
    "exec.fifo",
    "start.answer",
    "state.json",
  ]);
  runtime.must(["kill", id, "KILL"]);
  untilStopped(runtime, id);
  runtime.must(["delete", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(
  here,
  "an answer that is not the caller's, not private or not whole is not given",
  () => {
    using bundle = bundleOf(LONG);
    using runtime = new Runtime();
    const id = create(runtime, bundle), path = `${runtime.root}/${id}/start.answer`;
    const answer = Deno.readFileSync(path), other = `${runtime.root}/.answer`;
    const changed = (change: (words: Uint32Array) => void) => {
      const bytes = answer.slice(), words = new Uint32Array(bytes.buffer);
      change(words);
      return bytes;
    };
    const cases: Record<string, () => void> = {
      "readable by others": () => Deno.chmodSync(path, 0o644),
      "another's": () => Deno.chownSync(path, 12345, 0),
      "a link": () => {
        Deno.writeFileSync(other, answer, { mode: 0o600 });
        Deno.removeSync(path);
        Deno.symlinkSync(other, path);
      },
      "a directory": () => {
        Deno.removeSync(path);
        Deno.mkdirSync(path, { mode: 0o600 });
      },
      "empty": () => Deno.truncateSync(path),
      "cut off": () => Deno.truncateSync(path, answer.length - 1),
      "too large": () => Deno.truncateSync(path, 0x80001),
      "something else": () => Deno.writeFileSync(path, changed((words) => words[6] = 0)),
    };
    for (const [name, spoil] of Object.entries(cases)) {
      spoil();
      const outcome = withoutFacts(runtime, id, () => runtime.call(["start", id]));
      assert(
        outcome.code === 1 && outcome.stderr.includes("state file"),
        `${name}: ${JSON.stringify(outcome)}`,
      );
      assertEquals(runtime.state(id).status, "created", name);
      Deno.removeSync(path, { recursive: true });
      Deno.writeFileSync(path, answer, { mode: 0o600 });
      Deno.chmodSync(path, 0o600);
    }
    assertEquals(withoutFacts(runtime, id, () => runtime.call(["start", id])), NONE);
  },
);
