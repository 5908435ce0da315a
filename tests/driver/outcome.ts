/**
 * What tests came to, and how it is told.
 *
 * @module
 */
import { parseTap, type TestResult } from "../guest/tap.ts";

/** What a run of some tests came to. */
export interface Outcome {
  readonly passed: number;
  /** Each failed test: its name and, below it, why. */
  readonly failures: readonly string[];
  /** Each test that was left out: its name and why. */
  readonly skips: readonly string[];
  /** Each test that failed, and then passed again and again (`again.ts`): its name and why it failed. */
  readonly flaky: readonly string[];
}

/** How a process that ran tests ended. */
export interface ProcessEnd {
  readonly code: number;
  /** TAP, as far as it came. */
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** timeout(1) ends with these when it had to stop its program, by SIGTERM or by SIGKILL. */
const STOPPED = [124, 137];

/** A test of `testNeeding` (tests/support/needs.ts) has its reason at the end of its name. */
const REASON = / \[skipped: (.*)\]$/s;

/**
 * Reads what a process of `deno test --reporter=tap` left. A process that broke off, or failed without a failed test,
 * counts as one failed test more.
 *
 * @param what what ran, as the report calls it
 */
export function readOutcome(what: string, end: ProcessEnd): Outcome {
  const { tests, complete } = parseTap(end.stdout);
  const failures = tests.filter(({ outcome }) => outcome === "failed").map(({ name, reason }) =>
    `${what}: ${name}${indent(reason)}`
  );
  const last = tests.at(-1)?.name;
  const where = last === undefined ? "before the end of the first test" : `after the test "${last}"`;
  if (STOPPED.includes(end.code)) {
    failures.push(`${what}: stopped after ${end.seconds.toFixed(0)} s, ${where}${indent(end.stderr)}`);
  } else if (!complete || (end.code !== 0 && failures.length === 0)) {
    failures.push(`${what}: deno test ended with ${end.code}, ${where}${indent(end.stderr)}`);
  }
  return {
    passed: tests.filter(({ outcome }) => outcome === "ok").length,
    failures,
    skips: tests.filter(({ outcome }) => outcome === "skipped").map((test) =>
      `${what}: ${describeSkip(test)}`
    ),
    flaky: [],
  };
}

function describeSkip({ name, reason }: TestResult): string {
  const inName = REASON.exec(name);
  return inName
    ? `${name.slice(0, inName.index)} (${inName[1]})`
    : `${name} (${reason || "no reason given"})`;
}

/**
 * Reads the report of `tests/guest/run.ts`, whose last line has the sums.
 *
 * @returns undefined when it has no such line: the guests did not come to an end
 */
export function readGuestReport(text: string): Outcome | undefined {
  const sums = /^guests: (\d+) ok, (\d+) failed, (\d+) skipped/m.exec(text);
  if (!sums) return undefined;
  const lines = text.split("\n"), failures: string[] = [], skips: string[] = [];
  lines.forEach((line, i) => {
    const [, guest, outcome, test = ""] = /^(\S+)\s+(failed|skipped) +(.*)$/.exec(line) ?? [];
    if (outcome === "skipped") skips.push(`guest ${guest}: ${test.replace(/: ([^:]*)$/, " ($1)")}`);
    if (outcome !== "failed") return;
    const below = lines.slice(i + 1), end = below.findIndex((line) => !line.startsWith("           "));
    failures.push(
      `guest ${guest}: ${test}${indent(below.slice(0, end).map((line) => line.trim()).join("\n"))}`,
    );
  });
  // The sums are what counts; a line that was not understood must not make a failure go away.
  while (failures.length < Number(sums[2])) failures.push("guest: see its report");
  return { passed: Number(sums[1]), failures, skips, flaky: [] };
}

/** Adds outcomes up. */
export function addOutcomes(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    skips: outcomes.flatMap(({ skips }) => skips),
    flaky: outcomes.flatMap(({ flaky }) => flaky),
  };
}

/** One line of counts. `3 passed, 0 failed`, and what was left out or flaky when anything was. */
export function formatCounts({ passed, failures, skips, flaky }: Outcome): string {
  const more = Object.entries({ skipped: skips, flaky }).filter(([, tests]) => tests.length > 0);
  return [
    `${passed} passed`,
    `${failures.length} failed`,
    ...more.map(([what, { length }]) => `${length} ${what}`),
  ]
    .join(", ");
}

function indent(text: string): string {
  return text.trim() === "" ? "" : text.trim().split("\n").map((line) => `\n    ${line}`).join("");
}
