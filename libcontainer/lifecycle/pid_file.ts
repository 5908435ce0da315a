import { RuntError } from "../error.ts";

/**
 * Writes the pid so that a reader sees nothing or all of it, as runc does.
 *
 * @throws {RuntError} when that cannot be done; then nothing of it is left
 */
export function writePidFile(path: string, pid: number): void {
  const slash = path.lastIndexOf("/");
  const temporary = `${path.slice(0, slash + 1)}.${path.slice(slash + 1)}`;
  // In a directory of others, a link of that name must not have us write where it leads: made anew, or not at all.
  removePidFile(temporary);
  try {
    // Not writeTextFile(), which sets the mode whatever the umask is: who can write here says whom others kill.
    using file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o666 });
    file.writeSync(new TextEncoder().encode(String(pid)));
    Deno.renameSync(temporary, path);
  } catch (cause) {
    removePidFile(temporary);
    throw new RuntError("io", `cannot write the pid file ${path}`, { cause });
  }
}

/** Removes it; one that is not there is fine. */
export function removePidFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch { /* what matters is that nobody takes it for a container's */ }
}
