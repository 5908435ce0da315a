/**
 * Hooks that fail, run out of time, or cannot be run.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Config } from "../support/bundle.ts";
import {
  type HookBundle,
  type Kind,
  KINDS,
  makeHookBundle,
  recordingHook,
  shellHook,
} from "../support/hooks.ts";
import { exists, leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { parseLogLine } from "../support/side_by_side.ts";

/** Ways to fail, and what is said of them. */
const FAILURES: Record<string, [hook: (kind: Kind) => Config, text: string]> = {
  "exit code": [
    () => ({ path: "/bin/sh", args: ["sh", "-c", "echo out; echo err >&2; exit 3"] }),
    "exit status 3, stdout: out\n, stderr: err\n",
  ],
  "signal": [
    () => ({ path: "/bin/sh", args: ["sh", "-c", "kill -KILL $$"] }),
    "signal: killed, stdout: , stderr: ",
  ],
  "timeout": [
    () => ({ path: "/bin/sleep", args: ["sleep", "20"], timeout: 1 }),
    "hook ran past specified timeout of 1.0s",
  ],
  "missing": [
    () => ({ path: "/nonexistent/hook" }),
    "fork/exec /nonexistent/hook: no such file or directory",
  ],
  "not executable": [
    (kind) => ({ path: kind === "startContainer" ? "/etc/group" : "/etc/passwd" }),
    "fork/exec /etc/FILE: permission denied",
  ],
};

function failing(kind: Kind, hook: Config): HookBundle {
  return makeHookBundle((config, bundle) => {
    config.process.args = ["sh", "-c", "usleep 300000"];
    config.hooks = { poststop: [recordingHook(bundle, "poststop")] };
    config.hooks[kind] = [shellHook(bundle, kind, "true"), hook, recordingHook(bundle, kind, "after")];
  });
}

function expectedText(kind: Kind, text: string): string {
  return `error running ${kind} hook #1: ${
    text.replace("FILE", kind === "startContainer" ? "group" : "passwd")
  }`;
}

for (const [way, [hook, text]] of Object.entries(FAILURES)) {
  testNeeding([root], `hooks that fail undo the create, with runc's text: ${way}`, () => {
    for (const kind of ["prestart", "createRuntime", "createContainer"] as const) {
      using bundle = failing(kind, hook(kind));
      using runtime = new Runtime();
      for (const command of ["create", "run"]) {
        bundle.clear();
        const id = runtime.newId();
        const { code, stderr } = command === "run"
          ? runtime.call(["run", "-b", bundle.directory, id])
          : runtime.create(bundle.directory, id);
        assertEquals(code, 1, stderr);
        assertEquals(parseLogLine(stderr.trimEnd()), {
          level: "error",
          message:
            (`runt ${command} failed: unable to start container process: error during container init: ` +
              expectedText(kind, text)).trimEnd(),
        });
        // No hook of its kind after it; those that clean up are run.
        assertEquals(bundle.order(), ["poststop"], `${command} with ${kind}`);
        const { status, pid } = JSON.parse(bundle.sight("poststop").state!);
        assertEquals([status, pid], ["stopped", undefined]);
        assertEquals(leftovers(id, runtime.root, bundle.directory), []);
      }
    }
  });

  testNeeding([root], `a startContainer hook that fails ends the container: ${way}`, () => {
    using bundle = failing("startContainer", hook("startContainer"));
    using runtime = new Runtime();
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals([code, stderr.trimEnd()], [255, expectedText("startContainer", text).trimEnd()]);
    assertEquals(bundle.order(), ["poststop"]);
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id).code, 0);
    assertEquals(runtime.call(["start", id]).code, 0);
    assertEquals(runtime.state(id).status, "stopped", "start waits for the hooks");
    runtime.must(["delete", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  });

  testNeeding([root], `a poststart hook that fails kills the container: ${way}`, () => {
    using bundle = failing("poststart", hook("poststart"));
    bundle.update((config) => {
      config.process.args = ["sleep", "100"];
      config.hooks = {
        poststart: [shellHook(bundle, "poststart", "true"), hook("poststart")],
        poststop: [recordingHook(bundle, "poststop")],
      };
    });
    using runtime = new Runtime();
    const failed = runtime.run(bundle.directory);
    assertEquals(failed.code, 1);
    assertEquals(
      parseLogLine(failed.stderr.trimEnd()).message,
      `runt run failed: ${expectedText("poststart", text)}`.trimEnd(),
    );
    assertEquals(bundle.order(), ["poststop"]);
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id).code, 0);
    const { code, stderr } = runtime.call(["start", id]);
    assertEquals(code, 1);
    assertEquals(parseLogLine(stderr.trimEnd()).message, expectedText("poststart", text).trimEnd());
    assertEquals(runtime.state(id).status, "stopped");
    runtime.must(["delete", id]);
    assertEquals(bundle.order(), ["poststop", "poststop"]);
  });

  testNeeding([root], `a poststop hook that fails is logged, and the others are run: ${way}`, () => {
    using bundle = failing("poststop", hook("poststop"));
    using runtime = new Runtime();
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals(code, 0);
    assertEquals(parseLogLine(stderr.trimEnd()), {
      level: "warning",
      message: expectedText("poststop", text).trimEnd(),
    });
    assertEquals(bundle.order(), ["after"]);
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    const deleted = runtime.call(["delete", id]);
    assertEquals(deleted.code, 0);
    assertStringIncludes(deleted.stderr, "error running poststop hook #1: ");
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  });
}

testNeeding([root], "a create that is refused before anything was made runs no hooks", () => {
  using bundle = makeHookBundle((config, bundle) => {
    config.hooks = {};
    for (const kind of KINDS) config.hooks[kind] = [recordingHook(bundle, kind)];
    config.process.cwd = "relative";
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).code, 1);
  assertEquals(bundle.order(), []);
});

testNeeding([root], "a create that fails after its hooks runs the poststop hooks", () => {
  using bundle = makeHookBundle((config, bundle) => {
    config.hooks = {
      createRuntime: [recordingHook(bundle, "createRuntime")],
      poststop: [recordingHook(bundle, "poststop")],
    };
    config.process.args = ["no-such-program"];
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).code, 1);
  assertEquals(bundle.order(), ["createRuntime", "poststop"]);
});

testNeeding([root], "a hook that leaves a process behind, and one that writes a lot, stop nothing", () => {
  for (const kind of KINDS) {
    using bundle = makeHookBundle((config, bundle) => {
      config.process.args = ["usleep", "200000"];
      config.hooks = {
        [kind]: [
          shellHook(
            bundle,
            kind,
            'sleep 60 & echo $! > "$1/pid"; head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2',
          ),
        ],
      };
    });
    using runtime = new Runtime();
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals([kind, code, stderr], [kind, 0, ""]);
    // What was left behind is still there: it was not waited for. In the container's pid namespace it has ended.
    if (kind !== "startContainer") {
      Deno.kill(Number(Deno.readTextFileSync(`${bundle.records}/pid`)), "SIGKILL");
    }
  }
});

testNeeding([root], "a create that is killed during a hook is removed by delete --force", () => {
  for (const kind of ["createRuntime", "createContainer"] as const) {
    using bundle = makeHookBundle((config, bundle) => {
      config.hooks = { [kind]: [shellHook(bundle, kind, 'touch "$1/reached"; sleep 100')] };
    });
    using runtime = new Runtime();
    const id = runtime.newId(), reached = `${bundle.records}/reached`;
    const child = new Deno.Command("setsid", {
      args: [RUNT, "--root", runtime.root, "create", "-b", bundle.directory, id],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    waitUntil("the hook runs", () => exists(reached));
    Deno.kill(child.pid, "SIGKILL");
    runtime.must(["delete", "--force", id]);
    waitUntil("nothing is left", () => leftovers(id, runtime.root, bundle.directory).length === 0);
    // The hook itself, on the host, is its own master; it was started in the session of the dead create.
    if (kind === "createRuntime") {
      new Deno.Command("pkill", { args: ["-KILL", "-s", String(child.pid)] }).outputSync();
    }
  }
});

testNeeding([root], "hooks may use the runtime: poststart on the container, poststop on its name", () => {
  using runtime = new Runtime();
  using bundle = makeHookBundle((config, bundle) => {
    config.process.args = ["sleep", "100"];
    const call = `${RUNT} --root ${runtime.root}`;
    config.hooks = {
      createRuntime: [shellHook(bundle, "createRuntime", `${call} state name > "$1/creating"; true`)],
      poststart: [
        shellHook(bundle, "poststart", `${call} state name > "$1/running"; ${call} kill name KILL`),
      ],
      poststop: [
        shellHook(bundle, "poststop", `${call} state name > "$1/gone" 2>&1; ${call} delete --force name`),
      ],
    };
  });
  assertEquals(runtime.create(bundle.directory, "name").code, 0);
  runtime.must(["start", "name"]);
  assertMatch(Deno.readTextFileSync(`${bundle.records}/running`), /"status": "running"/);
  waitUntil("it has stopped", () => runtime.state("name").status === "stopped");
  runtime.must(["delete", "name"]);
  assertMatch(Deno.readTextFileSync(`${bundle.records}/gone`), /container does not exist/);
});

testNeeding([root, program("runc")], "start ends when startContainer hooks have: well, or not at all", () => {
  const seen = [RUNT, "runc"].map((runtimeProgram) =>
    ["sleep 0.5", "sleep 0.5; exit 1", "sleep 20"].map((script) => {
      using bundle = makeHookBundle((config, bundle) => {
        config.process.args = ["sleep", "100"];
        config.hooks = { startContainer: [{ ...shellHook(bundle, "startContainer", script), timeout: 1 }] };
      });
      using runtime = new Runtime(runtimeProgram);
      const id = runtime.newId();
      assertEquals(runtime.create(bundle.directory, id).code, 0);
      const { code } = runtime.call(["start", id]), { pid, status } = runtime.state(id);
      const program = status === "running" && Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
      return [script, code, status, program];
    })
  );
  assertEquals(seen[0], seen[1]);
  assertEquals(seen[0]!.map(([, , status]) => status), ["running", "stopped", "stopped"]);
});

testNeeding([root], "poststart hooks wait for startContainer hooks that take their time", () => {
  using bundle = makeHookBundle((config, bundle) => {
    config.process.args = ["sleep", "100"];
    config.hooks = {
      startContainer: [
        shellHook(bundle, "startContainer", "sleep 0.5"),
        recordingHook(bundle, "startContainer"),
      ],
      poststart: [recordingHook(bundle, "poststart")],
    };
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id).code, 0);
  runtime.must(["start", id]);
  assertEquals(bundle.order(), ["startContainer", "poststart"]);
});
