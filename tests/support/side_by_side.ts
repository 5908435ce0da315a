/**
 * Runs the built executable beside runc with the same arguments.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Outcome, run, RUNT } from "./runtime.ts";

/** Runs a test in a directory of its own, with a state root in it that is empty. */
export function inDirectory(test: (directory: string) => void): () => void {
  return () => {
    const directory = Deno.makeTempDirSync({ prefix: "runt-cli-" });
    try {
      Deno.mkdirSync(`${directory}/root`);
      test(directory);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  };
}

/** Both runtimes, each on a root of its own. */
export function runBoth(directory: string, args: readonly string[]): { runt: Outcome; runc: Outcome } {
  const front = ["--root", `${directory}/root`];
  return {
    runt: run(RUNT, [...front, ...args], { cwd: directory }),
    runc: run("runc", [...front, ...args], { cwd: directory }),
  };
}

/** Level and message of a line as logrus writes it; runc's own name read as runt's. */
export function parseLogLine(line: string): { level: string; message: string } {
  const match = /^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)" level=(\w+) msg=(".*"|\S+)$/.exec(
    line,
  );
  assert(match, `not a log line: ${JSON.stringify(line)}`);
  const [, level = "", quoted = ""] = match;
  const message: string = quoted.startsWith('"') ? JSON.parse(quoted) : quoted;
  return { level, message: message.replace(/\S*\brunc\b/g, "runt").trimEnd() };
}

/** The last of some lines that are all whole. */
export function lastLine(text: string): string {
  assert(text.endsWith("\n"), `no whole line: ${JSON.stringify(text)}`);
  return text.trimEnd().split("\n").at(-1)!;
}

/** The failing half of both must agree: exit code, level, and runc's message, behind which runt may put a hint. */
export function assertSameFailure({ runt, runc }: { runt: Outcome; runc: Outcome }, what: string): void {
  assertEquals(runt.code, runc.code, `exit code of ${what}: ${runt.stderr}`);
  const ours = parseLogLine(lastLine(runt.stderr));
  const theirs = parseLogLine(lastLine(runc.stderr));
  assertEquals(ours.level, theirs.level, what);
  const message = ours.message.replace(/ \([^()]*\)$/, "");
  assertEquals(message, theirs.message, what);
  assertEquals(runt.stderr.split("\n").length, 2, `one line of error for ${what}: ${runt.stderr}`);
}
