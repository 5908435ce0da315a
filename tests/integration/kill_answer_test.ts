/** Answers to `kill` and `state`. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  assertFellThrough,
  bundleOf,
  create,
  LONG,
  NONE,
  untilStopped,
  withoutFacts,
} from "../support/answered.ts";
import { ANSWERING, watch } from "../support/answering.ts";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const here = ANSWERING;

/** A container that ends with 3 on SIGTERM, started. */
function startTrapping(runtime: Runtime, bundle: Bundle): string {
  const id = create(runtime, bundle);
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  const caught = () => /^SigCgt:\s*(\w+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]!;
  waitUntil("the trap is set", () => (BigInt(`0x${caught()}`) & 1n << 14n) !== 0n);
  return id;
}

const TRAPPING = ["sh", "-c", "trap 'exit 3' TERM; while :; do usleep 10000; done"];

testNeeding(here, "kill is answered, by number and by none, and is in the journal", () => {
  using bundle = bundleOf(TRAPPING);
  using runtime = new Runtime();
  for (const [signal, told] of [[["15"], 15], [[], 15], [["9"], 9], [["015"], 15]] as const) {
    const id = startTrapping(runtime, bundle);
    assertEquals(withoutFacts(runtime, id, () => runtime.call(["kill", id, ...signal])), NONE);
    untilStopped(runtime, id);
    const last = Deno.readTextFileSync(`${runtime.root}/journal.ndjson`).trimEnd().split("\n").at(-1)!;
    const { time, ...rest } = JSON.parse(last);
    assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assertEquals(rest, { id, event: "kill", signal: told });
    assertFellThrough(withoutFacts(runtime, id, () => runtime.call(["kill", id, ...signal])));
    assertStringIncludes(runtime.call(["kill", id, ...signal]).stderr, "container not running");
    runtime.must(["delete", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  }
});

testNeeding(here, "what run --detach has made is killed and deleted by answers, too", () => {
  using bundle = bundleOf(LONG);
  using runtime = new Runtime();
  const id = runtime.newId(), quiet = { stdout: "null", stderr: "null" } as const;
  runtime.must(["run", "--detach", "-b", bundle.directory, id], quiet);
  assertEquals(withoutFacts(runtime, id, () => runtime.call(["kill", id, "9"])), NONE);
  untilStopped(runtime, id);
  assertEquals(withoutFacts(runtime, id, () => runtime.call(["delete", id])), NONE);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(here, "other ways to say kill are left to the command itself", () => {
  using bundle = bundleOf(TRAPPING);
  using runtime = new Runtime();
  const id = startTrapping(runtime, bundle);
  for (const args of [["TERM"], ["--all"], ["65"], ["4294967311"], ["-1"], ["15", "15"], ["1x"]]) {
    const { code, stderr, stdout } = withoutFacts(runtime, id, () => runtime.call(["kill", id, ...args]));
    assert(code !== 0 && stderr + stdout !== "", args.join(" "));
    assertEquals(runtime.state(id).status, "running", args.join(" "));
  }
  // A test whether it is there.
  assertEquals(withoutFacts(runtime, id, () => runtime.call(["kill", id, "0"])), NONE);
  // Paused, it has to be thawed for SIGKILL; any other signal waits.
  runtime.must(["pause", id]);
  assertEquals(withoutFacts(runtime, id, () => runtime.call(["kill", id, "10"])), NONE);
  assertEquals(runtime.state(id).status, "paused");
  runtime.must(["kill", id, "9"]);
  untilStopped(runtime, id);
});

testNeeding([...here, program("strace")], "state says the same when it is answered, in every status", () => {
  using bundle = makeBundle((config) => {
    config.process.args = LONG;
    config.annotations = { b: '"1"', a: "<\u00e9>" };
  });
  using runtime = new Runtime();
  const id = create(runtime, bundle), texts: Record<string, string> = {};
  const { isAnswered, outcome } = watch();
  const look = (answered: boolean) => {
    const { code, stdout, stderr } = outcome(["--root", runtime.root, "state", id]);
    assertEquals([code, stderr, isAnswered()], [0, "", answered]);
    const { status } = JSON.parse(stdout);
    assertEquals(stdout, texts[status] ??= stdout);
    return status;
  };
  // The text that TypeScript prints, which leaves nothing.
  const expected = (status: string) => {
    texts[status] = runtime.call(["--debug", "state", id]).stdout;
    assertEquals(JSON.parse(texts[status]).status, status);
  };
  expected("created");
  assertEquals([look(false), look(false), look(true)], ["created", "created", "created"]);
  runtime.must(["start", id]);
  expected("running");
  assertEquals(look(true), "running");
  runtime.must(["pause", id]);
  assertEquals(look(false), "paused");
  runtime.must(["resume", id]);
  assertEquals(look(true), "running");
  runtime.must(["kill", id, "9"]);
  waitUntil("it has stopped", () => look(true) === "stopped");
  expected("stopped");
  assertEquals(look(true), "stopped");
  // Who reads no more is no failure.
  const piped = '{ "$0" --root "$1" state "$2"; echo $? >"$1/code"; } | true';
  run("sh", ["-c", piped, RUNT, runtime.root, id]);
  assertEquals(Deno.readTextFileSync(`${runtime.root}/code`), "0\n");
  runtime.must(["delete", id]);
  assertStringIncludes(runtime.call(["state", id]).stderr, "container does not exist");
});
