/**
 * Results as a table, goals beside them.
 *
 * @module
 */
import type { Memory } from "./memory.ts";
import { EMPTY_SCRIPT, type Measured } from "./timings.ts";
import type { Trace } from "./trace.ts";

/** All that one run of the bench found. */
export interface Results {
  readonly host: Readonly<Record<string, string>>;
  readonly timings: readonly Measured[];
  readonly traces: Readonly<Record<string, Trace>>;
  readonly memory: Readonly<Record<string, Memory>>;
  /** Bytes of runt's executable. */
  readonly size: number;
}

/** runt's median must be at most `factor` times that of `against`. */
interface Goal {
  readonly name: string;
  readonly against: string;
  readonly factor: number;
}

const GOALS: readonly Goal[] = [
  { name: "run", against: "runc", factor: 1 },
  { name: "create+start+delete", against: "runc", factor: 1.5 },
  { name: "exec", against: "runc", factor: 1 },
  { name: "state", against: EMPTY_SCRIPT, factor: 1.25 },
  { name: "state, first", against: EMPTY_SCRIPT, factor: 1.25 },
  { name: "--version", against: EMPTY_SCRIPT, factor: 1.1 },
];

/** A goal and what came of it. */
export interface Verdict extends Goal {
  readonly ratio: number;
  readonly met: boolean;
}

/** Compares with the goals; those whose contestant was not there are left out. */
export function judge(timings: readonly Measured[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const times = timings.find(({ name }) => name === goal.name)?.times;
    const runt = times?.["runt"], other = times?.[goal.against];
    if (!runt || !other) return [];
    const ratio = runt.median / other.median;
    return [{ ...goal, ratio, met: ratio <= goal.factor }];
  });
}

/** The report for people. */
export function formatReport({ host, timings, traces, memory, size }: Results): string {
  const lines = Object.entries(host).map(([name, value]) => `${name}: ${value}`);
  lines.push("", row(["ms", "", "q1", "median", "q3", "runt's ratio"]));
  for (const { name, times } of timings) {
    const runt = times["runt"]!;
    Object.entries(times).forEach(([contestant, { q1, median, q3 }], i) => {
      const ratio = contestant === "runt" ? "" : (runt.median / median).toFixed(2);
      lines.push(
        row([i === 0 ? name : "", contestant, ...[q1, median, q3].map((ms) => ms.toFixed(1)), ratio]),
      );
    });
  }
  lines.push("", "goals");
  for (const { name, against, factor, ratio, met } of judge(timings)) {
    lines.push(`  ${met ? "met   " : "MISSED"} ${name} <= ${factor} x ${against}: ${ratio.toFixed(2)}`);
  }
  lines.push("", row(["calls of run", "", "to begin", "to exec", "read", "most frequent"]));
  for (const [name, { calls, callsBefore, bytesRead, most }] of Object.entries(traces)) {
    const frequent = most.slice(0, 5).map(([call, count]) => `${call} ${count}`).join(", ");
    const own = calls - callsBefore;
    lines.push(row(["", name, String(callsBefore), String(own), `${kib(bytesRead)} KiB`, frequent]));
  }
  lines.push("", row(["memory, KiB", "", "peak", "cgroup", "least", ""]));
  for (const [name, { peak, cgroupPeak, smallestLimit }] of Object.entries(memory)) {
    const show = (bytes: number | undefined) => bytes === undefined ? "-" : kib(bytes);
    lines.push(row(["", name, kib(peak), show(cgroupPeak), show(smallestLimit), ""]));
  }
  lines.push("", `size of the executable: ${(size / 1024 / 1024).toFixed(1)} MiB`);
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const WIDTHS = [20, 13, 9, 9, 9, 0];

function row(cells: readonly string[]): string {
  return cells.map((cell, i) =>
    i < 2 ? cell.padEnd(WIDTHS[i]!) : i === 5 ? `  ${cell}` : cell.padStart(WIDTHS[i]!)
  )
    .join("");
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
