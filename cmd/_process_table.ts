import { RuntError } from "../libcontainer/error.ts";

/**
 * The head of a table that `ps` made, and its lines about some processes.
 *
 * @throws {RuntError} with runc's texts when it has no column of process ids
 */
export function selectProcesses(table: string, pids: readonly number[]): string {
  const [head = "", ...lines] = table.split("\n");
  const column = words(head).indexOf("PID");
  if (column < 0) throw new RuntError("usage", "couldn't find PID field in ps output");
  const wanted = new Set(pids);
  const selected = lines.filter((line) => {
    if (line === "") return false;
    const text = words(line)[column] ?? "";
    if (/^[+-]?\d+$/.test(text)) return wanted.has(Number(text));
    const message = `unable to parse pid: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new RuntError("usage", message);
  });
  return [head, ...selected].map((line) => `${line}\n`).join("");
}

function words(line: string): string[] {
  return line.split(/\s+/).filter(Boolean);
}
