import { lookAt, rename, writeFile } from "../../ffi/files.ts";

/** Events of a container's life. */
export type JournalEvent =
  | "create"
  | "start"
  | "exec"
  | "pause"
  | "resume"
  | "update"
  | "kill"
  | "exit"
  | "delete";

/** The size at which a journal is put aside: some ten thousand events. */
const MOST_BYTES = 1 << 20;

/** The journal's path. */
export function journalPath(root: string): string {
  return `${root}/journal.ndjson`;
}

/**
 * Notes an event: one line at the end of `journal.ndjson` in the root, one write, so lines of several writers do not
 * mix (`O_APPEND`, `open(2)`). What cannot be noted is not worth failing for.
 *
 * A journal that has become large becomes `journal.ndjson.1`, in the place of an older one.
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
    writeFile(journalPath(root), line, { append: true, mode: 0o600 });
    if ((lookAt(journalPath(root))?.size ?? 0) >= MOST_BYTES) putAside(root);
  } catch { /* see above */ }
}

/** By rename: whoever has it open still writes into it. Of several who want to, the first does. */
function putAside(root: string): void {
  const path = journalPath(root);
  using file = Deno.openSync(path);
  const { size, ino } = file.statSync();
  if (size < MOST_BYTES || !file.tryLockSync(true)) return;
  if (lookAt(path)?.inode === ino) rename(path, `${path}.1`);
}
