/**
 * Writes `libcontainer/security/seccomp/syscall_table.ts`: the numbers of all system calls on all architectures that
 * a filter can be for.
 *
 * They are the kernel's (`arch/ARCH/…/syscall*.tbl`), taken from the tables that libseccomp gathers of them, so that a
 * name means the same under runt and under a runtime with libseccomp:
 *
 * ```sh
 * deno run -A tools/generate_syscall_table.ts LIBSECCOMP/src/syscalls.csv [LIBSECCOMP/src/syscalls.s390.csv]
 * ```
 *
 * The second file has the numbers of s390, which newer kernels have no table for.
 *
 * @module
 */

const OUTPUT = new URL("../libcontainer/security/seccomp/syscall_table.ts", import.meta.url);

/** A call's number on each architecture; undefined where it has none. */
type Row = Record<string, number | undefined>;

/** Numbers from here on are ARM's private ones, which are far away from all others. */
const ARM_PRIVATE = 0xf0000;

/** Two printable characters for a number, or for none; `numberAt()` of `syscalls.ts` is the other direction. */
export function pack(number: number | undefined): string {
  const code = number === undefined ? 0 : number >= ARM_PRIVATE ? 8000 + (number - ARM_PRIVATE) : number + 1;
  if (code > 8099 || number !== undefined && number < ARM_PRIVATE && code >= 8000) {
    throw new RangeError(`Cannot pack ${number}: it is too large`);
  }
  // From "#" on, without the backslash, so that a string literal shows what it is.
  const digit = (value: number) => String.fromCharCode(35 + value + (value >= 57 ? 1 : 0));
  return digit(Math.floor(code / 90)) + digit(code % 90);
}

/** Reads a table: the kernel's version, and a row for each call. */
export function parseTable(csv: string): { version: string; rows: Map<string, Row> } {
  const [head = "", ...lines] = csv.trimEnd().split("\n");
  const columns = head.split(","), version = /\((v[^ ]+)/.exec(head)?.[1] ?? "of unknown version";
  const rows = new Map(lines.map((line): [string, Row] => {
    const [name = "", ...cells] = line.split(",");
    const numbers = cells.flatMap((cell, i) => {
      const column = columns[i + 1] ?? `${i}`;
      return column.endsWith("_kver") ? [] : [[column, cell === "PNR" ? undefined : Number(cell)] as const];
    });
    return [name, Object.fromEntries(numbers)];
  }));
  return { version, rows };
}

/** The module's text. */
export function formatTable(main: string, s390?: string): string {
  const { version, rows } = parseTable(main), names = [...rows.keys()].sort();
  const old = s390 === undefined ? undefined : parseTable(s390);
  for (const [name, row] of rows) if (old) row.s390 = old.rows.get(name)?.s390;
  const architectures = Object.keys(rows.get("read") ?? {});
  const column = (architecture: string) => names.map((name) => pack(rows.get(name)![architecture])).join("");
  return `/**
 * Numbers of system calls, written by \`tools/generate_syscall_table.ts\`: do not edit.
 *
 * They are those of Linux ${version}${old ? `; s390's are those of ${old.version}, its last` : ""}.
 *
 * @module
 */

/** The version of Linux that the table is of. */
export const TABLE_VERSION = "${version}";

/** All calls' names, in the order of the numbers below. */
export const NAMES =
  "${names.join(" ")}";

/** Two characters for each name: its number, packed. */
export const NUMBERS = {
${architectures.map((name) => `  ${name}:\n    "${column(name)}",`).join("\n")}
};
`;
}

if (import.meta.main) {
  const [main, s390] = Deno.args.map((path) => Deno.readTextFileSync(path));
  if (main === undefined) throw new Error("Cannot write the table: which csv is it to be made of?");
  Deno.writeTextFileSync(OUTPUT, formatTable(main, s390));
}
