/**
 * What the guests' tests came to, as text.
 *
 * @module
 */
import type { FileOutcome } from "./job.ts";

/** Counts over all guests. */
export interface Totals {
  ok: number;
  failed: number;
  skipped: number;
}

/** A file that takes so many seconds, or more, is told, so that the whole stays quick. */
const SLOW = 20;

/** Lines for one guest, one a test, and its counts. */
export function reportGuest(
  guest: string,
  files: string[],
  outcomes: FileOutcome[],
): { lines: string[]; totals: Totals } {
  const lines: string[] = [];
  const totals: Totals = { ok: 0, failed: 0, skipped: 0 };
  const add = (outcome: keyof Totals, text: string, reason = "") => {
    totals[outcome]++;
    const oneLine = outcome === "skipped" ? `: ${reason || "no reason given"}` : "";
    lines.push(`${guest.padEnd(8)} ${outcome.padEnd(8)}${text}${oneLine}`);
    if (outcome === "failed") lines.push(...indent(reason));
  };
  for (const outcome of outcomes) {
    const file = outcome.file.replace(/^tests\//, "").replace(/_test\.ts$/, "");
    for (const test of outcome.tests) add(test.outcome, `${file}: ${test.name}`, test.reason);
    const anyFailed = outcome.tests.some((test) => test.outcome === "failed");
    if (outcome.seconds >= SLOW) lines.push(`${guest.padEnd(8)} #       ${file}: took ${outcome.seconds} s`);
    if (outcome.status === undefined) {
      add("failed", `${file}: was running when the guest ended`, describeLast(outcome));
    } else if (outcome.status === 124 || outcome.status === 137) {
      add("failed", `${file}: took too long`, describeLast(outcome));
    } else if (!outcome.complete || (outcome.status !== 0 && !anyFailed)) {
      add("failed", `${file}: deno test ended with status ${outcome.status}`, describeLast(outcome));
    }
  }
  const begun = new Set(outcomes.map((outcome) => outcome.file));
  for (const file of files) if (!begun.has(file)) add("failed", `${file}: did not run`);
  return { lines, totals };
}

function describeLast(outcome: FileOutcome): string {
  const last = outcome.tests.at(-1);
  return [last ? `after the test "${last.name}"` : "before the first test's end", outcome.stderr.trim()]
    .filter(Boolean).join("\n");
}

function indent(text: string): string[] {
  return text === "" ? [] : text.split("\n").slice(0, 40).map((line) => `           ${line}`);
}
