import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

testNeeding([root], "a container goes from created to running to stopped, and is gone when deleted", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
  const created = runtime.state(id);
  assertEquals(created.status, "created");
  assertEquals(created.bundle, bundle.directory);
  assert(created.pid > 0);
  runtime.must(["start", id]);
  waitUntil("it runs sleep", () => Deno.readTextFileSync(`/proc/${created.pid}/cmdline`).startsWith("sleep"));
  assertEquals(runtime.state(id).status, "running");
  assertStringIncludes(runtime.call(["start", id]).stderr, "cannot start an already running container");
  assertStringIncludes(
    runtime.call(["delete", id]).stderr,
    `cannot delete container ${id} that is not stopped: running`,
  );
  runtime.must(["kill", id, "KILL"]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  assertEquals(runtime.state(id).pid, 0);
  assertStringIncludes(runtime.call(["start", id]).stderr, "cannot start a container that has stopped");
  assertStringIncludes(runtime.call(["kill", id, "TERM"]).stderr, "container not running");
  runtime.must(["delete", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  assertStringIncludes(runtime.call(["state", id]).stderr, "container does not exist");
});

testNeeding([root], "a signal that there is not is refused in words", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  for (const signal of ["65", "-1"]) {
    const { code, stderr } = runtime.call(["kill", id, signal]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `unable to signal init: invalid signal ${signal}`);
  }
  assertEquals(runtime.state(id).status, "created");
});

testNeeding([root], "a container that was never started is deleted without force", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["delete", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding([root], "run hands the exit code on, and 128 and the signal", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", "exit 42"]);
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).code, 42);
  bundle.update(({ process, linux }) => {
    process.args = ["sh", "-c", "kill -9 $$"];
    // The first process of a pid namespace cannot kill itself.
    linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
  });
  assertEquals(runtime.run(bundle.directory).code, 137);
});

testNeeding([root], "run passes signals on and leaves nothing", async () => {
  using bundle = makeBundle(({ process }) => {
    process.args = ["sh", "-c", "trap 'echo got it; exit 7' TERM; echo ready; while :; do sleep 0.1; done"];
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  const child = new Deno.Command(RUNT, {
    args: ["--root", runtime.root, "run", "-b", bundle.directory, id],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "ready\n");
  child.kill("SIGTERM");
  assertEquals(new TextDecoder().decode((await reader.read()).value), "got it\n");
  assertEquals((await child.status).code, 7);
  reader.releaseLock();
  await child.stdout.cancel();
  await child.stderr.cancel();
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding([root], "run --detach returns at once, --keep leaves the stopped container", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.must(["run", "-d", "-b", bundle.directory, id], { stdout: "null", stderr: "null" });
  assertEquals(runtime.state(id).status, "running");
  runtime.must(["delete", "--force", id]);
  bundle.update(({ process }) => process.args = ["true"]);
  const kept = runtime.newId();
  runtime.must(["run", "--keep", "-b", bundle.directory, kept]);
  assertEquals(runtime.state(kept).status, "stopped");
  runtime.must(["delete", kept]);
});

testNeeding([root], "the pid file holds the init's pid as the host sees it", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId(), file = `${bundle.directory}/pid`;
  runtime.create(bundle.directory, id, ["--pid-file", file]);
  assertEquals(Deno.readTextFileSync(file), String(runtime.state(id).pid));
});

testNeeding([root], "of many makers of one id one wins and the others say so", async () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId();
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () =>
      new Deno.Command(RUNT, {
        args: ["--root", runtime.root, "create", "-b", bundle.directory, id],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).output()),
  );
  assertEquals(outcomes.filter(({ code }) => code === 0).length, 1);
  assertEquals(outcomes.every(({ code }) => code === 0 || code === 1), true);
  assertStringIncludes(runtime.create(bundle.directory, id).stderr, "container with given ID already exists");
  assertEquals(runtime.state(id).status, "created");
});

testNeeding([root], "of two starts one wins", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  const start = () =>
    new Deno.Command(RUNT, { args: ["--root", runtime.root, "start", id], stdin: "null", stderr: "null" })
      .output();
  const codes = (await Promise.all([start(), start(), start()])).map(({ code }) => code);
  assertEquals(codes.toSorted(), [0, 1, 1]);
});

testNeeding([root], "start says that the init is gone", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  Deno.kill(runtime.state(id).pid, "SIGKILL");
  waitUntil("it is gone", () => runtime.state(id).status === "stopped");
  const { code, stderr } = runtime.call(["start", id]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "cannot start a container that has stopped");
});

testNeeding([root], "the journal has a line for each event", () => {
  using bundle = makeBundle(({ process }) => process.args = ["true"]);
  using runtime = new Runtime();
  runtime.run(bundle.directory);
  const lines = Deno.readTextFileSync(`${runtime.root}/journal.ndjson`).trim().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).event), ["create", "start", "exit"]);
  assertMatch(JSON.parse(lines[0]!).time, /^\d{4}-\d\d-\d\dT/);
});

testNeeding(
  [root],
  "a missing program, a directory and one that cannot be executed are told as runc tells them",
  () => {
    using bundle = makeBundle();
    using runtime = new Runtime();
    Deno.writeTextFileSync(`${bundle.rootfs}/plain`, "");
    for (
      const [program, text] of [
        ["missing", 'exec: "missing": executable file not found in $PATH'],
        ["/missing", 'exec: "/missing": stat /missing: no such file or directory'],
        ["/bin", 'exec: "/bin": permission denied (it is a directory)'],
        ["/plain", 'exec: "/plain": permission denied'],
      ]
    ) {
      bundle.update(({ process }) => process.args = [program]);
      const { code, stderr } = runtime.run(bundle.directory);
      assertEquals(code, 1);
      assertStringIncludes(stderr.replaceAll('\\"', '"'), text!);
    }
    for (
      const [content, text] of [
        ["\x01\x02", "exec format error"],
        ["#!/bad", "too many levels of symbolic links"],
      ]
    ) {
      Deno.writeTextFileSync(`${bundle.rootfs}/bad`, content!);
      Deno.chmodSync(`${bundle.rootfs}/bad`, 0o755);
      bundle.update(({ process }) => process.args = ["/bad"]);
      const { code, stderr } = runtime.run(bundle.directory);
      assertEquals([code, stderr], [255, `exec /bad: ${text}\n`]);
    }
  },
);

testNeeding([root], "preserved descriptors reach the program at their numbers, others do not", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", "ls /proc/self/fd; cat <&3"]);
  using runtime = new Runtime();
  const script = `exec 3<<<three 4</dev/null 9</dev/null; exec "$0" --root "$1" run "\${@:2}"`;
  const call = (...flags: string[]) =>
    run("bash", ["-c", script, RUNT, runtime.root, "-b", bundle.directory, ...flags, runtime.newId()]);
  const { stdout } = call("--preserve-fds", "2");
  // ls opens the directory itself.
  assertEquals(stdout, "0\n1\n2\n3\n4\n5\nthree\n");
  const few = call("--preserve-fds", "5");
  assertEquals(few.code, 1);
  assertStringIncludes(few.stderr, "unable to stat preserved-fd 2 (of 5)");
});
