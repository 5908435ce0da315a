/**
 * Deno's calls for files, by raw system calls: what runs once is compiled when it is first used, and Deno's own API is
 * not in our code cache (0.02-0.1 ms for each call that a command makes). They mean what Deno's mean, and fail as those do:
 * what does not succeed at once is left to Deno's, which finds the same error and words it.
 *
 * Not for paths inside a container: see `libcontainer/rootfs/safe_path.ts`.
 *
 * @module
 */
import {
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
} from "./constants/open.ts";
import { S_IFDIR, S_IFMT, STATX_BASIC_STATS } from "./constants/stat.ts";
import { AT_FDCWD } from "./kernel.ts";
import { type Native, openNative } from "./native.ts";
import { decodeStatx, type Statx, STATX_SIZE } from "./structs/statx.ts";

/** Where in the arena a second path, and what is read or written, has its place; the first path is at its start. */
const SECOND = 0x2000, DATA = 0x4000;
/** A path over this is left to Deno, so that it ends before {@linkcode SECOND}: a UTF-16 unit takes three bytes at the most. */
const PATH_LIMIT = 0xa00;
/** A file over this is left to Deno. */
const READ_LIMIT = 0x80000;
/** What is asked for first: some files below /proc take memory for all that is asked for. */
const FIRST_READ = 0x4000;

/** How {@linkcode writeFile} opens. */
export interface WriteOptions {
  /** Make it if it is not there; unless told otherwise. */
  readonly create?: boolean;
  /** It must not be there. */
  readonly createNew?: boolean;
  readonly append?: boolean;
  /** Mode of a new file; 0666 unless told. The umask is taken off. */
  readonly mode?: number;
}

/** Something that was done to a file, and went well. */
export type FileEvent =
  | { readonly kind: "read"; readonly path: string; readonly text: string }
  | { readonly kind: "written"; readonly path: string; readonly data: string | Uint8Array }
  | { readonly kind: "made"; readonly path: string; readonly mode: number };

const encoder = new TextEncoder();
let observer: ((event: FileEvent) => void) | undefined;

/** Runs `body`, and tells which files it reads and writes by this module's functions, and which directories it makes. */
export function observeFiles(body: () => void): FileEvent[] {
  const events: FileEvent[] = [], before = observer;
  observer = (event) => void events.push(event);
  try {
    body();
    return events;
  } finally {
    observer = before;
  }
}

/** `Deno.readTextFileSync()` */
export function readTextFile(path: string): string {
  const native = nativeFor(path);
  if (native) {
    const { call, numbers, arena, arenaAddress } = native;
    const fd = call(numbers.openat, AT_FDCWD, arenaAddress, O_RDONLY | O_CLOEXEC, 0);
    if (fd >= 0) {
      let end = DATA, got: number, piece = FIRST_READ;
      do {
        got = call(numbers.read, fd, arenaAddress + end, piece);
        if (got > 0) end += got;
        if (got === piece) piece = READ_LIMIT - (end - DATA);
      } while (got > 0 && piece > 0);
      call(numbers.close, fd);
      if (got === 0) {
        arena[end] = 0;
        const text = textAt(arenaAddress + DATA);
        // What is not ASCII, or has a NUL in it, is not worth telling apart here.
        if (text.length === end - DATA) {
          observer?.({ kind: "read", path, text });
          return text;
        }
      }
    }
  }
  return Deno.readTextFileSync(path);
}

/** `Deno.writeTextFileSync()`, and of bytes `Deno.writeFileSync()` */
export function writeFile(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
  const native = nativeFor(path);
  if (native && data.length * 3 <= READ_LIMIT) {
    const { call, numbers, arena, arenaAddress } = native;
    const { create = true, createNew = false, append = false, mode = 0o666 } = options;
    const flags = O_WRONLY | O_CLOEXEC | (append ? O_APPEND : O_TRUNC) | (create ? O_CREAT : 0) |
      (createNew ? O_CREAT | O_EXCL : 0);
    const fd = call(numbers.openat, AT_FDCWD, arenaAddress, flags, mode);
    if (fd >= 0) {
      const size = placeData(arena, data), written = call(numbers.write, fd, arenaAddress + DATA, size);
      call(numbers.close, fd);
      if (written === size) return observer?.({ kind: "written", path, data });
      // Made just now, and not by anybody else.
      if (createNew) call(numbers.unlinkat, AT_FDCWD, arenaAddress, 0);
    }
  }
  if (typeof data === "string") Deno.writeTextFileSync(path, data, options);
  else Deno.writeFileSync(path, data, options);
}

function placeData(arena: Uint8Array, data: string | Uint8Array): number {
  if (typeof data === "string") return encoder.encodeInto(data, arena.subarray(DATA)).written;
  arena.set(data, DATA);
  return data.length;
}

/** A NUL-terminated text: Deno's `TextDecoder` would have to be compiled first. */
function textAt(address: number): string {
  return Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(BigInt(address))!);
}

/** `Deno.mkdirSync()` */
export function makeDirectory(path: string, mode: number): void {
  const native = nativeFor(path);
  if (native?.call(native.numbers.mkdirat, AT_FDCWD, native.arenaAddress, mode) !== 0) {
    Deno.mkdirSync(path, { mode });
  }
  observer?.({ kind: "made", path, mode });
}

/** `Deno.renameSync()` */
export function rename(from: string, to: string): void {
  const native = nativeFor(from, to);
  if (native) {
    const { call, numbers, arenaAddress } = native;
    if (call(numbers.renameat, AT_FDCWD, arenaAddress, AT_FDCWD, arenaAddress + SECOND) === 0) return;
  }
  Deno.renameSync(from, to);
}

/** `Deno.removeSync()` of what is no directory. */
export function removeFile(path: string): void {
  if (!unlink(path, 0)) Deno.removeSync(path);
}

/** `Deno.removeSync()` of an empty directory. */
export function removeDirectory(path: string): void {
  if (!unlink(path, AT_REMOVEDIR)) Deno.removeSync(path);
}

/** False where it cannot be done, undefined where Deno has to do. */
function unlink(path: string, flags: number): boolean | undefined {
  const native = nativeFor(path);
  return native && native.call(native.numbers.unlinkat, AT_FDCWD, native.arenaAddress, flags) === 0;
}

/** Removes what is no directory, or else an empty one; false where that cannot be done. */
export function tryRemove(path: string, { directory = false } = {}): boolean {
  const removed = unlink(path, directory ? AT_REMOVEDIR : 0);
  if (removed !== undefined) return removed;
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

/** `Deno.realPathSync()` */
export function realPath(path: string): string {
  const native = nativeFor(path);
  if (native) {
    const { call, numbers, arena, arenaAddress } = native;
    const fd = call(numbers.openat, AT_FDCWD, arenaAddress, O_PATH | O_CLOEXEC, 0);
    if (fd >= 0) {
      const link = nativeFor(`/proc/self/fd/${fd}`)!;
      const size = link.call(numbers.readlinkat, AT_FDCWD, arenaAddress, arenaAddress + DATA, SECOND);
      call(numbers.close, fd);
      if (size > 0 && size < SECOND) {
        arena[DATA + size] = 0;
        const real = textAt(arenaAddress + DATA);
        // What was removed meanwhile has a word behind it.
        if (real.startsWith("/") && !real.endsWith(" (deleted)")) return real;
      }
    }
  }
  return Deno.realPathSync(path);
}

/** Whether anything is there, a link not followed. */
export function exists(path: string): boolean {
  return lookAt(path) !== undefined;
}

/** Whether a directory is there, and not a link to one. */
export function isDirectory(path: string): boolean {
  return ((lookAt(path)?.mode ?? 0) & S_IFMT) === S_IFDIR;
}

/** What is at a path, a link not followed (`inode(7)`); undefined when that cannot be said. */
export function lookAt(path: string): Pick<Statx, "inode" | "mode" | "size"> | undefined {
  const native = nativeFor(path);
  if (native) {
    const { call, numbers, arena, arenaAddress } = native;
    const at = arenaAddress + DATA;
    if (call(numbers.statx, AT_FDCWD, arenaAddress, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, at) < 0) {
      return undefined;
    }
    return decodeStatx({ view: new DataView(arena.buffer, arena.byteOffset + DATA, STATX_SIZE) });
  }
  try {
    const { ino, mode, size } = Deno.lstatSync(path);
    return { inode: ino ?? 0, mode: mode ?? 0, size };
  } catch {
    return undefined;
  }
}

/** Writes paths, NUL-terminated, to where calls find them; undefined where Deno has to do. */
function nativeFor(path: string, second?: string): Native | undefined {
  if (path.length > PATH_LIMIT || path.includes("\0")) return undefined;
  if (second !== undefined && (second.length > PATH_LIMIT || second.includes("\0"))) return undefined;
  if (Deno.build.arch !== "x86_64") return undefined;
  const native = openNative(), { arena } = native;
  const place = (text: string, at: number) => {
    const { written } = encoder.encodeInto(text, arena.subarray(at, at + SECOND));
    arena[at + written] = 0;
  };
  place(path, 0);
  if (second !== undefined) place(second, SECOND);
  return native;
}
