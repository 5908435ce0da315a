/**
 * Whether an answer to `run` or `exec` is worth leaving. It takes half as long again as what it answers, so it has to be
 * asked for twice: the first time only a mark is left in its place.
 *
 * @module
 */
import { ContainerLock, EXEC_ANSWERS, NEW_ANSWER, PROCESS_ANSWERS } from "../state/state_directory.ts";
import { lookAt, readTextFile, rename, writeFile } from "../../ffi/files.ts";

/** A mark is shorter than any answer, which the entry stub knows. */
const SHORTEST_ANSWER = 104;
/** Milliseconds for which an answer that did not hold stays: what changes all the time is not worth one. */
const LIFETIME = 10_000;

/** Slots for answers to `run` in a root; which one a bundle has, the inode of its config.json says. */
const SLOTS = 64;

/** Where the answer to `run` of a bundle is kept, and what it is about; undefined where that cannot be said. */
export function placeOfRunAnswer(root: string, bundle: string): { path: string; key: string } | undefined {
  const path = `${bundle}/config.json`, file = lookAt(path);
  if (!file) return undefined;
  // An inode is soon used again.
  const written = Number(Deno.statSync(path).mtime);
  const slot = file.inode % SLOTS;
  return {
    path: `${root}/.run.${slot >> 3}${slot & 7}.answer`,
    key: `${bundle} ${file.inode} ${file.size} ${written}`,
  };
}

/** What an answer to `exec` is known by. */
export type ExecSubject =
  /** All arguments behind `exec`. */
  | { readonly arguments: readonly string[] }
  /** What stands in the file of `--process`, another one each time, and the other flags. */
  | { readonly process: string; readonly detach: boolean; readonly pidFile: boolean };

/** Where the answer to an `exec` is kept: by the entry stub's rule (`tools/denort/answer_path_x86_64.ts`). */
export function placeOfExecAnswer(directory: string, subject: ExecSubject): { path: string; key: string } {
  if ("process" in subject) {
    const { process, detach, pidFile } = subject, { length } = new TextEncoder().encode(process);
    const path = `${directory}/${PROCESS_ANSWERS[length & PROCESS_ANSWERS.length - 1]}`;
    return { path, key: `${detach} ${pidFile} ${process}` };
  }
  const key = subject.arguments.join("\0");
  let hash = 0;
  for (const byte of new TextEncoder().encode(`${key}\0`)) hash = (hash << 5 | hash >>> 27) ^ byte;
  return { path: `${directory}/${EXEC_ANSWERS[(hash ^ hash >>> 16) & EXEC_ANSWERS.length - 1]}`, key };
}

/** What to do for an answer. */
export type Worth = "mark" | "record" | "nothing";

/**
 * Decides.
 *
 * @param path the answer's
 * @param key what the answer would be about
 */
export function worthOfAnswer(path: string, key: string): Worth {
  const file = lookAt(path);
  if (!file) return "mark";
  if (file.size < SHORTEST_ANSWER) return readTextFile(path) === markOf(key) ? "record" : "mark";
  const { mtime } = Deno.lstatSync(path);
  return Math.abs(Date.now() - Number(mtime)) > LIFETIME ? "record" : "nothing";
}

/** Leaves a mark. */
export function leaveMark(path: string, key: string): void {
  putInPlace(path, markOf(key));
}

/**
 * Has something left in a container's directory, unless somebody is at work on the container: who removes it must find no
 * more than he knows of.
 */
export function leaveIn(directory: string, body: () => void): void {
  using lock = ContainerLock.tryTake(directory);
  if (lock) body();
}

/**
 * Puts an answer or a mark into its place, whole: what was there may be in the memory of an entry stub, which must not
 * find it cut off.
 */
export function putInPlace(path: string, content: string | Uint8Array<ArrayBuffer>): void {
  const temporary = `${path.slice(0, path.lastIndexOf("/"))}/${NEW_ANSWER}`;
  try {
    writeFile(temporary, content, { mode: 0o600, createNew: true });
  } catch (error) {
    // Somebody else is at it; or was, when he was killed, and is not any more.
    const { mtime, isFile } = Deno.lstatSync(temporary);
    if (isFile && Date.now() - Number(mtime) > LIFETIME) Deno.removeSync(temporary);
    throw error;
  }
  rename(temporary, path);
}

/** A hash will do: to be wrong costs an answer that nobody needs. */
function markOf(key: string): string {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return `seen ${hash >>> 0}\n`;
}
