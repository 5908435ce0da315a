import type { ContainerState } from "../libcontainer/lifecycle/container_state.ts";

const HEADING = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"];
const MIN_WIDTH = 12;
const PADDING = 3;

/**
 * The table that `list` prints, with runc's columns. Each is as wide as its widest cell and three blanks, and at least
 * twelve characters; the last one ends where its text ends (Go's tabwriter).
 */
export function formatContainerTable(states: readonly ContainerState[]): string {
  const rows = [HEADING];
  for (const { id, pid, status, bundle, created, owner } of states) {
    rows.push([id, String(pid), status, bundle, created, owner]);
  }
  const widths = HEADING.map((_, column) =>
    Math.max(MIN_WIDTH, ...rows.map((row) => countCharacters(row[column]!) + PADDING))
  );
  return rows.map((row) => `${formatRow(row, widths)}\n`).join("");
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const last = row.length - 1;
  return row.map((cell, i) => i === last ? cell : cell + " ".repeat(widths[i]! - countCharacters(cell))).join(
    "",
  );
}

/** Code points, as Go counts runes. */
function countCharacters(text: string): number {
  return [...text].length;
}
