import { assertEquals, fail } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { ExitError } from "./_exit_error.ts";
import type { CommandLog } from "./_log.ts";
import { describeError, reportError } from "./_report_error.ts";

function collectingLog(verbose: boolean): { log: CommandLog; lines: string[] } {
  const lines: string[] = [];
  const add = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log = {
    toStderr: true,
    verbose,
    debug: add("debug"),
    info: add("info"),
    warn: add("warn"),
    error: add("error"),
  };
  return { log, lines };
}

Deno.test("describeError() joins the chain from the outermost to the root cause", () => {
  const root = new Error("no space left on device");
  const middle = new RuntError("io", "Cannot write state.json", { cause: root });
  const error = new RuntError("io", "runt create failed", { cause: middle });
  assertEquals(describeError(error), "runt create failed: Cannot write state.json: no space left on device");
});

Deno.test("describeError() does not say twice what a message already says of its cause", () => {
  const error = new RuntError("kernel", "Cannot mount: EPERM", { cause: new Error("EPERM") });
  assertEquals(describeError(error), "Cannot mount: EPERM");
});

Deno.test("describeError() names a path in config.json once", () => {
  const root = new Error("process.rlimits[0]: prlimit64(1, 7, {…}, 0): EPERM: Operation not permitted");
  const error = new RuntError("kernel", "cannot set the limit", { path: "process.rlimits[0]", cause: root });
  assertEquals(
    describeError(error),
    "process.rlimits[0]: cannot set the limit: prlimit64(1, 7, {…}, 0): EPERM: Operation not permitted",
  );
});

Deno.test("describeError() puts the path in config.json before its message, and the hint last", () => {
  const cause = new RuntError("invalid-config", "must be absolute", {
    path: "process.cwd",
    hint: "begin it with /",
  });
  assertEquals(
    describeError(new RuntError("invalid-config", "runt run failed", { cause })),
    "runt run failed: process.cwd: must be absolute (begin it with /)",
  );
  const named = new RuntError("invalid-config", "process.cwd is relative", { path: "process.cwd" });
  assertEquals(describeError(named), "process.cwd is relative");
});

Deno.test("describeError() words Deno's file errors as Go does", () => {
  const describe = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return describeError(error);
    }
  };
  assertEquals(describe(() => Deno.openSync("/nonexistent")), "open /nonexistent: no such file or directory");
  assertEquals(
    describe(() => Deno.readTextFileSync("/nonexistent")),
    "open /nonexistent: no such file or directory",
  );
  assertEquals(describe(() => Deno.chdir("/nonexistent")), "chdir /nonexistent: no such file or directory");
  assertEquals(describe(() => Deno.mkdirSync("/proc")), "mkdir /proc: file exists");
});

Deno.test("describeError() names the class of an error that nobody meant to throw", () => {
  assertEquals(describeError(new TypeError("x is not a function")), "TypeError: x is not a function");
  assertEquals(describeError("text"), "text");
  assertEquals(describeError(undefined), "unknown error");
});

Deno.test("describeError() ends when causes go round in a circle", () => {
  const error = new Error("a");
  error.cause = new Error("b", { cause: error });
  assertEquals(describeError(error), "a: b");
});

Deno.test("reportError() logs stacks first and the root cause on the last line", () => {
  const { log, lines } = collectingLog(true);
  const cause = new Error("root cause");
  assertEquals(reportError(new RuntError("io", "failure", { cause }), log), 1);
  assertEquals(lines.map((line) => line.split(":")[0]), ["debug", "debug", "error"]);
  assertEquals(lines.at(-1), "error: failure: root cause");
});

Deno.test("reportError() writes out no stack unless debug lines are wanted", () => {
  const { log, lines } = collectingLog(false);
  const error = new RuntError("io", "failure");
  Object.defineProperty(error, "stack", { get: () => fail("the stack was looked at") });
  reportError(error, log);
  assertEquals(lines, ["error: failure"]);
});

Deno.test("reportError() returns the exit code that an error brings", () => {
  assertEquals(reportError(new ExitError(3, "usage", "No help topic for 'x'"), collectingLog(false).log), 3);
});

Deno.test("describeError() does not say the errno of a cgroup's file twice", () => {
  const cause = new Deno.errors.InvalidData("Numerical result out of range (os error 34): open '/cg/cpus'");
  const told = 'Cannot write "99" to /cg/cpus: ERANGE: Numerical result out of range';
  const error = new RuntError("kernel", told, { path: "cpus", cause, hint: "the value is out of range" });
  assertEquals(describeError(error), `${told} (the value is out of range)`);
  const other = new RuntError("io", "cannot read the file", { cause });
  assertEquals(describeError(other), "cannot read the file: open /cg/cpus: numerical result out of range");
});
