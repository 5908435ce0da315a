/**
 * Reads the output of `deno test --reporter=tap`, also one that breaks off.
 *
 * @module
 */

/** How one test ended. */
export interface TestResult {
  /** Its name, without the reason for which it was skipped. */
  name: string;
  outcome: "ok" | "failed" | "skipped";
  /** Why it failed or was skipped; empty when nothing was said. */
  reason: string;
}

/** The results of one file. */
export interface FileResults {
  tests: TestResult[];
  /** Whether the plan (`1..n`) came, and as many results: false when the run broke off. */
  complete: boolean;
}

/** A skipped test says why at the end of its name, as tests/support/needs.ts writes it. */
const SKIP_REASON = /^(.*) \[skipped: (.*)\]$/s;

/**
 * Reads TAP version 14 as Deno writes it. Steps of a test (indented lines) count for the test that they are in.
 *
 * @param text the output, which other output of the tests may be mixed into
 */
export function parseTap(text: string): FileResults {
  const tests: TestResult[] = [];
  const steps: string[] = [];
  let planned: number | undefined;
  let lastLine = "";
  for (const line of text.split("\n")) {
    const result = /^(\s*)(not )?ok \d+ - (.*?)( # SKIP)?$/.exec(line);
    const diagnostics = /^\s+(\{"message":.*\})$/.exec(line)?.[1];
    if (result) {
      const [, indent, not, name = "", skip] = result;
      lastLine = line;
      if (indent) {
        if (not) steps.push(`step "${unescape(name)}"`);
      } else {
        tests.push(toResult(unescape(name), not !== undefined, skip !== undefined, steps.splice(0)));
      }
    } else if (diagnostics) {
      const message = readMessage(diagnostics);
      if (/^\s/.test(lastLine)) steps.push(message);
      else tests.at(-1)!.reason = [tests.at(-1)!.reason, message].filter(Boolean).join("\n");
    } else if (/^1\.\.\d+$/.test(line)) {
      planned = Number(line.slice(3));
    }
  }
  return { tests, complete: planned === tests.length };
}

function toResult(name: string, failed: boolean, skipped: boolean, steps: string[]): TestResult {
  if (failed) return { name, outcome: "failed", reason: steps.join("\n") };
  if (!skipped) return { name, outcome: "ok", reason: "" };
  const [, plainName, reason] = SKIP_REASON.exec(name) ?? [];
  return { name: plainName ?? name, outcome: "skipped", reason: reason ?? "" };
}

function unescape(name: string): string {
  return name.replace(/\\([#\\])/g, "$1");
}

function readMessage(json: string): string {
  try {
    return (JSON.parse(json) as { message: string }).message;
  } catch {
    return json;
  }
}
