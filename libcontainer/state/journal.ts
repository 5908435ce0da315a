/** Events of a container's life. */
export type JournalEvent = "create" | "start" | "kill" | "exit" | "delete";

/** The journal's path. */
export function journalPath(root: string): string {
  return `${root}/journal.ndjson`;
}

/**
 * Notes an event: one line at the end of `journal.ndjson` in the root, one write, so lines of several writers do not
 * mix (`O_APPEND`, `open(2)`). What cannot be noted is not worth failing for.
 *
 * @param root directory of the containers' state
 * @param id the container
 * @param event what happened
 * @param fields more about it
 */
export function note(
  root: string,
  id: string,
  event: JournalEvent,
  fields: Readonly<Record<string, string | number>> = {},
): void {
  try {
    const line = JSON.stringify({ time: new Date().toISOString(), id, event, ...fields }) + "\n";
    using file = Deno.openSync(journalPath(root), { append: true, create: true, mode: 0o600 });
    file.writeSync(new TextEncoder().encode(line));
  } catch { /* see above */ }
}
