import { assertEquals } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { ExitError } from "./_exit_error.ts";
import type { CommandLog } from "./_log.ts";
import { describeError, reportError } from "./_report_error.ts";

function collectingLog(): { log: CommandLog; lines: string[] } {
  const lines: string[] = [];
  const add = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log = {
    toStderr: true,
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
  const { log, lines } = collectingLog();
  const code = reportError(new RuntError("not-found", "container does not exist"), log);
  assertEquals(code, 1);
  assertEquals(lines.at(-1), "error: container does not exist");
  assertEquals(lines.filter((line) => line.startsWith("error")).length, 1);
});

Deno.test("reportError() returns the exit code that an error brings", () => {
  assertEquals(reportError(new ExitError(3, "usage", "No help topic for 'x'"), collectingLog().log), 3);
});
