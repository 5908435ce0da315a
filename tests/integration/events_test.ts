/** `events` under the built executable and under runc: the same numbers by the same names. Needs root. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { cgroupV1, program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const MIB = 1024 * 1024;

// deno-lint-ignore no-explicit-any -- what a program has printed
type Printed = any;

/** Each path of an object with its value, in order; numbers that time changes are only there. */
function shape(value: Printed, path = ""): string[] {
  if (Array.isArray(value)) {
    return [`${path}[${path.endsWith(".cpus") || path.endsWith(".mems") ? value : value.length}]`];
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`));
  }
  const steady = /\.(limit|failcnt|cpu_exclusive|sched_\w+|memory_\w+|mem_\w+|network_interfaces)$/.test(
    path,
  );
  return [steady ? `${path}=${value}` : path];
}

/** The text of standard output, for digits that JSON.parse would lose. */
function stats(runtimeProgram: string): { text: string; printed: Printed } {
  using bundle = makeBundle(({ process, linux }) => {
    process.args = ["sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exec sleep 100"];
    linux.resources.memory = { limit: 64 * MIB, swap: 128 * MIB };
    linux.resources.pids = { limit: 20 };
    linux.resources.cpu = { quota: 50000, period: 100000 };
  });
  using runtime = new Runtime(runtimeProgram);
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  waitUntil("it sleeps", () => Deno.readTextFileSync(`/proc/${pid}/cmdline`).startsWith("sleep"), 60);
  const { stdout } = runtime.must(["events", "--stats", id]);
  assert(stdout.endsWith("\n") && !stdout.trimEnd().includes("\n"), stdout);
  const printed = JSON.parse(stdout);
  assertEquals([printed.type, printed.id], ["stats", id]);
  return { text: stdout, printed: printed.data };
}

testNeeding(
  [root, cgroupV1, program("runc")],
  "events --stats prints runc's numbers by runc's names, in its order",
  () => {
    const ours = stats(RUNT), theirs = stats("runc");
    // A number that is 0 is left out, and what time has brought differs: throttling, and pages of this and that.
    const steady = (printed: Printed) =>
      shape(printed).filter((path) => !/throttl|\.max$|\.cache|\.kernel(TCP)?\.usage/.test(path));
    assertEquals(steady(ours.printed), steady(theirs.printed));
    assert(
      ours.printed.cpu.usage.total > 1e6 && ours.printed.cpu.usage.user > 0,
      JSON.stringify(ours.printed.cpu),
    );
    assertEquals(ours.printed.memory.usage.limit, 64 * MIB);
    assertEquals(ours.printed.pids, { current: 1, limit: 20 });
    for (const { text } of [ours, theirs]) {
      assertStringIncludes(
        text,
        '"kernelTCP":{"limit":9223372036854771712,',
      );
    }
  },
);

testNeeding([root], "events prints a line each interval, and ends with the container", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  const events = new Deno.Command(RUNT, {
    args: ["--root", runtime.root, "events", "--interval", "50ms", id],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "", before = 0;
  const from = performance.now();
  for await (const chunk of events.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (before > 0 || text.split("\n").length <= 5) continue;
    before = performance.now() - from;
    runtime.must(["kill", id, "KILL"]);
  }
  assertEquals([(await events.status).code, await new Response(events.stderr).text()], [0, ""]);
  assert(before >= 4 * 50, `5 lines in ${before} ms`);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert(lines.every((line) => line.type === "stats" && line.data.pids.current > 0));
});

/** Where a link leads, "" once it is gone. */
function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

/** What `events` says while a container needs more memory than it may have. */
async function eventsOfOom(runtimeProgram: string): Promise<string[]> {
  using bundle = makeBundle(({ process, linux }) => {
    linux.resources.memory = { limit: 16 * MIB, swap: 16 * MIB };
    // dd's buffer is its memory. The shell survives it.
    process.args = ["sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1; exec sleep 100"];
  });
  using runtime = new Runtime(runtimeProgram);
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  const events = new Deno.Command(runtimeProgram, {
    args: ["--root", runtime.root, "events", "--interval", "60s", id],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = events.output();
  const descriptors = `/proc/${events.pid}/fd`;
  waitUntil("it listens", () => {
    return [...Deno.readDirSync(descriptors)].some(({ name }) =>
      linkOf(`${descriptors}/${name}`).endsWith("/memory.oom_control")
    );
  });
  // What it has opened it tells the kernel of next.
  await new Promise((resolve) => setTimeout(resolve, 200));
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  waitUntil("it sleeps", () => Deno.readTextFileSync(`/proc/${pid}/cmdline`).startsWith("sleep"));
  runtime.must(["delete", "--force", id]);
  const text = new TextDecoder().decode((await output).stdout);
  return text.trimEnd().split("\n").map((line) => line.replace(id, "ID"));
}

testNeeding(
  [root, cgroupV1, program("runc")],
  "events tells that a container runs out of memory",
  async () => {
    // The kernel tells it again when the victim asks for more memory before it is dead.
    const said = async (runtime: string) => [...new Set(await eventsOfOom(runtime))];
    assertEquals(await said(RUNT), ['{"type":"oom","id":"ID"}']);
    assertEquals(await said("runc"), ['{"type":"oom","id":"ID"}']);
  },
);

testNeeding(
  [root, program("runc")],
  "events of a stopped container, or of no time, fails as under runc",
  () => {
    const said = (runtimeProgram: string) => {
      using bundle = makeBundle();
      using runtime = new Runtime(runtimeProgram);
      const id = runtime.newId();
      runtime.create(bundle.directory, id);
      const errors = ["0", "0s", "-1s"].map((interval) =>
        runtime.call(["events", "--interval", interval, id])
      );
      runtime.must(["kill", id, "KILL"]);
      waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
      errors.push(runtime.call(["events", id]), runtime.call(["events", "--stats", id]));
      return errors.map(({ code, stderr }) => [code, /msg="(.*)"/.exec(stderr)?.[1]?.replace(id, "ID")]);
    };
    assertEquals(said(RUNT), said("runc"));
  },
);

testNeeding([root], "events ends when nobody reads it", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  const script = '{ "$0" --root "$1" events --interval 20ms "$2"; echo $? >"$1/.code"; } | head -n 1 | wc -l';
  const { stdout } = new Deno.Command("timeout", { args: ["20", "sh", "-c", script, RUNT, runtime.root, id] })
    .outputSync();
  assertEquals(new TextDecoder().decode(stdout).trim(), "1");
  assertEquals(Deno.readTextFileSync(`${runtime.root}/.code`), "0\n");
});
