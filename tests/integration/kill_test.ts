/**
 * Signals: by name and number as under runc, to one process or all, and to those that fork as fast as they can. Needs
 * root.
 */
import { assert, assertEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { writeForkChain } from "../support/fork_chain.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { assertSameFailure } from "../support/side_by_side.ts";

/** Writes the number of each signal that it gets to the file /got. */
function makeListeningBundle(): Bundle {
  return makeBundle(({ process, root }) => {
    root.readonly = false;
    const numbers = Array.from({ length: 31 }, (_, i) => i + 1)
      // Busybox's shell waits for its children by SIGCHLD; the others cannot be caught, or end it.
      .filter((number) => ![9, 17, 19].includes(number));
    const traps = numbers.map((number) => `trap 'echo ${number} >>/got' ${number}`).join("; ");
    process.args = ["sh", "-c", `${traps}; echo ready >>/got; while :; do usleep 1000; done`];
  });
}

const SIGNALS = [
  "HUP",
  "sigint",
  "SIGQUIT",
  "Usr1",
  "10",
  "+12",
  "SIGSEGV",
  "alrm",
  "SIGTERM",
  "15",
  "stkflt",
  "CONT",
]
  .concat(["TSTP", "urg", "XCPU", "VTALRM", "prof", "WINCH", "IO", "PWR", "SIGSYS", "0", ""]);

/** What the container has got, after each of {@linkcode SIGNALS}. */
function received(runtimeProgram: string): string[] {
  using bundle = makeListeningBundle();
  using runtime = new Runtime(runtimeProgram);
  const id = runtime.newId(), file = `${bundle.rootfs}/got`;
  const got = () => {
    try {
      return Deno.readTextFileSync(file);
    } catch {
      return "";
    }
  };
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  waitUntil("it listens", () => got() === "ready\n");
  return SIGNALS.map((signal) => {
    Deno.writeTextFileSync(file, "");
    const { code, stderr } = runtime.call(["kill", id, signal]);
    if (code !== 0) return `${signal}: ${code} ${stderr}`;
    if (signal !== "0") waitUntil(`it gets ${signal}`, () => got() !== "");
    return `${signal}: ${got().trim()}`;
  });
}

testNeeding([root, program("runc")], "signals by name and by number are those of runc", () => {
  assertEquals(received(RUNT), received("runc"));
});

testNeeding([root, program("runc")], "the signals that end a created container are those of runc", () => {
  using bundle = makeBundle();
  const statuses = (runtimeProgram: string) => {
    using runtime = new Runtime(runtimeProgram);
    return ["HUP", "INT", "TERM", "SEGV", "USR1", "PIPE", "WINCH", "ALRM"].map((signal) => {
      const id = runtime.newId();
      runtime.create(bundle.directory, id);
      runtime.must(["kill", id, signal]);
      let { status } = runtime.state(id);
      if (status === "created" && /^(HUP|INT|TERM|SEGV)$/.test(signal)) {
        waitUntil(`${signal} ends it`, () => (status = runtime.state(id).status) === "stopped");
      }
      if (status === "stopped") runtime.must(["delete", id]);
      return `${signal} ${status}`;
    });
  };
  assertEquals(statuses(RUNT), statuses("runc"));
});

testNeeding([root, program("runc")], "a signal that runc does not know is refused in its words", () => {
  using bundle = makeBundle();
  const call = (runtimeProgram: string, signal: string) => {
    using runtime = new Runtime(runtimeProgram);
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    return runtime.call(["kill", id, signal]);
  };
  for (
    const signal of [
      "blah",
      "SIG",
      "SIGSIGTERM",
      "RTMIN",
      "SIGRTMIN+1",
      "RTMAX-1",
      "15x",
      " 15",
      "IOT",
      "POLL",
      "é",
    ]
  ) {
    assertSameFailure({ runt: call(RUNT, signal), runc: call("runc", signal) }, `kill ${signal}`);
  }
});

/** Two chains of processes that run away from who reads lists. */
const FORKS = "for i in 1 2; do /chain & done; exec sleep 100";

/** A bundle whose processes are in the host's pid namespace, so that the end of the init ends no other. */
function makeSharingBundle(script: string): Bundle {
  return makeBundle(({ process, linux }) => {
    linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
    linux.resources.pids = { limit: 200 };
    process.args = ["sh", "-c", script];
  });
}

testNeeding([root], "real-time signals go by their number", () => {
  // Not an init of a pid namespace, which ignores what it has no handler for.
  using bundle = makeSharingBundle("exec sleep 100");
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  runtime.must(["kill", id, "64"]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
});

for (const command of [["kill", "ID", "KILL"], ["delete", "--force", "ID"]]) {
  const title = `${
    command.join(" ")
  } ends all processes of a container that shares its pid namespace, however they fork`;
  testNeeding([root], title, async () => {
    using bundle = makeSharingBundle(FORKS);
    writeForkChain(`${bundle.rootfs}/chain`);
    using runtime = new Runtime();
    for (let round = 0; round < 8; round++) {
      const id = runtime.newId();
      // In the foreground: runt adopts the orphans and reaps them, so that the limit of processes is not reached.
      const running = new Deno.Command(RUNT, {
        args: ["--root", runtime.root, "run", "-b", bundle.directory, id],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const list = () => runtime.call(["ps", "-f", "json", id]).stdout;
      waitUntil("they fork", () => {
        const before = list();
        return before.includes(",") && before !== list();
      });
      runtime.must(command.map((word) => word === "ID" ? id : word));
      assertEquals((await running.status).code, 137);
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  });
}

testNeeding(
  [root],
  "kill KILL of a container that shares its pid namespace finds those that outlived the init",
  () => {
    using bundle = makeSharingBundle("sleep 97 & exec sleep 98");
    using runtime = new Runtime();
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    runtime.must(["start", id]);
    waitUntil("two run", () => JSON.parse(runtime.must(["ps", "-f", "json", id]).stdout).length === 2);
    Deno.kill(runtime.state(id).pid, "SIGKILL");
    waitUntil("the init is gone", () => runtime.state(id).status === "stopped");
    assertEquals(runtime.call(["kill", id, "TERM"]).code, 1, "there is no init to get it");
    runtime.must(["kill", id, "KILL"]);
    waitUntil("the other is gone too", () => runtime.must(["ps", "-f", "json", id]).stdout === "null\n");
    runtime.must(["delete", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  },
);

testNeeding(
  [root, program("runc")],
  "kill --all reaches every process, not the init alone, as with runc 1.1",
  () => {
    const script =
      "for i in 1 2; do (trap 'echo $i >>/got; exit' USR1; while :; do usleep 1000; done) & done; " +
      "trap 'echo 0 >>/got' USR1; touch /ready; while :; do usleep 1000; done";
    const got = (runtimeProgram: string) => {
      using bundle = makeBundle(({ process, root }) => {
        root.readonly = false;
        process.args = ["sh", "-c", script];
      });
      using runtime = new Runtime(runtimeProgram);
      const id = runtime.newId();
      runtime.create(bundle.directory, id);
      runtime.must(["start", id]);
      waitUntil("all listen", () => run("test", ["-e", `${bundle.rootfs}/ready`]).code === 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      runtime.must(["kill", "--all", id, "USR1"]);
      waitUntil("all have got it", () => {
        try {
          return Deno.readTextFileSync(`${bundle.rootfs}/got`).trim().split("\n").toSorted().join() ===
            "0,1,2";
        } catch {
          return false;
        }
      });
      return true;
    };
    assert(got("runc"));
    assert(got(RUNT));
  },
);

testNeeding(
  [root, program("runc")],
  "a container that is not there is told before a signal that is none",
  () => {
    const told = [RUNT, "runc"].map((runtimeProgram) => {
      using runtime = new Runtime(runtimeProgram);
      return ["BAD", "99", "-1"].map((signal) => {
        const { code, stderr } = runtime.call(["kill", "nowhere", signal]);
        return [code, stderr.includes("container does not exist")];
      });
    });
    assertEquals(told[0], told[1]);
    assertEquals(told[0]![0], [1, true]);
  },
);
