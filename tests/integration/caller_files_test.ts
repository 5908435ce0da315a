/**
 * A program whose output goes to a file or a terminal of a caller who waits: it can open `/dev/stdout` anew, whoever
 * its user is, and the caller's file is neither emptied nor given away.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { startContainer } from "../support/running_container.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";

const BOTH = [root, program("runc")];
const SCRIPT = "echo first; echo second >/dev/stdout; echo third >/dev/stderr; seq 20000; exit 3";

/** What a program leaves in a file by `>file`, its exit code, and whose the file is. */
function written(runtimeProgram: string, command: "run" | "exec", uid: number, script: string): unknown {
  using bundle = makeBundle(({ process }) => {
    process.args = ["sh", "-c", script];
    process.user = { uid, gid: uid };
  });
  using running = startContainer(() => {}, runtimeProgram);
  const { runtime, id } = running, file = `${bundle.directory}/out`;
  const args = command === "run"
    ? ["run", "-b", bundle.directory, runtime.newId()]
    : ["exec", "--user", String(uid), id, "sh", "-c", script];
  const redirected = 'exec "$@" >"$0" 2>&1';
  const { code } = run("sh", ["-c", redirected, file, runtimeProgram, "--root", runtime.root, ...args]);
  const text = Deno.readTextFileSync(file);
  // What goes to standard error has a pipe of its own, and may come out in the middle of another line.
  const lines = text.replace("third\n", "").split("\n");
  return { code, lines, third: text.includes("third\n"), uid: Deno.statSync(file).uid };
}

for (const command of ["run", "exec"] as const) {
  testNeeding(BOTH, `${command} >file: the program opens /dev/stdout anew, as under runc`, () => {
    for (const uid of [0, 1000]) {
      const ours = written(RUNT, command, uid, SCRIPT);
      assertEquals(ours, written("runc", command, uid, SCRIPT), `uid ${uid}`);
      assertEquals((ours as { lines: string[] }).lines.length, 20003);
    }
  });
}

testNeeding(BOTH, "exec >file: what a process left behind writes is waited for, as under runc", () => {
  const script = "(sleep 0.3; echo late) & echo early";
  const ours = written(RUNT, "exec", 1000, script);
  assertEquals(ours, written("runc", "exec", 1000, script));
  assertEquals((ours as { lines: string[] }).lines, ["early", "late", ""]);
});

testNeeding([root], "run >file 2>&1: why a container was not made is in the file, once", () => {
  using bundle = makeBundle(({ process }) => process.args = ["no-such-program"]);
  using runtime = new Runtime();
  const file = `${bundle.directory}/out`, args = ["run", "-b", bundle.directory, runtime.newId()];
  const script = 'exec "$@" >"$0" 2>&1';
  const { code } = run("sh", ["-c", script, file, RUNT, "--root", runtime.root, ...args]);
  assertEquals(code, 1);
  const text = Deno.readTextFileSync(file);
  assertEquals(text.trimEnd().split("\n").length, 1, text);
  assertStringIncludes(text, "executable file not found in $PATH");
});

testNeeding(
  BOTH,
  "on a terminal, a program without one of its own writes to no terminal, as under runc",
  () => {
    const shown = [RUNT, "runc"].map((runtimeProgram) => {
      using bundle = makeBundle(({ process }) => {
        process.args = [
          "sh",
          "-c",
          "test -t 1 && echo a tty; echo word >/dev/stdout; echo other >/dev/stderr",
        ];
        process.user = { uid: 1000, gid: 1000 };
      });
      using runtime = new Runtime(runtimeProgram);
      const path = run("sh", ["-c", `command -v ${runtimeProgram}`]).stdout.trim();
      const args = ["--root", runtime.root, "run", "-b", bundle.directory, runtime.newId()];
      using terminal = new TerminalDriver([path, ...args]);
      return [terminal.wait(), terminal.shown.split("\r\n").sort()];
    });
    assertEquals(shown[0], shown[1]);
    assertEquals(shown[0], [0, ["", "other", "word"]]);
  },
);
