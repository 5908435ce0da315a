import { S_IFDIR, S_IFMT } from "../../ffi/constants/stat.ts";
import { EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOSYS, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import { STAT, STAT_SIZE } from "../../ffi/structs/stat.ts";
import { RuntError } from "../error.ts";

const X_OK = 1, AT_EACCESS = 0x200;
const ANY_X = 0o111;

/**
 * The file that `args[0]` means, as `execvp(3)` finds it: a name with a slash is the path, others are looked for in
 * `PATH`. Asked inside the container, as its user; one round trip for all candidates.
 *
 * @returns what tells, after the next flush
 * @throws {RuntError} `exec` with runc's texts, by which clients tell "not found" (127) from "not permitted" (126)
 */
export function queueLookPath(kernel: Kernel, name: string, env: readonly string[]): () => string {
  if (name === "") throw notFound(name);
  if (name.includes("/")) {
    const { stat, access, mode } = probe(kernel, name);
    return () => {
      if (stat.errno) throw failure(name, `stat ${name}: ${reason(stat.errno)}`);
      // As execve(2) and runc 1.1 have it: podman makes 126 of it, and would not of EISDIR's text, which is runc 1.5's.
      if (isDirectory(mode)) throw failure(name, reason(EACCES), "it is a directory");
      if (!isPermitted(access, mode)) throw failure(name, reason(access.errno));
      return name;
    };
  }
  const path = env.findLast((entry) => entry.startsWith("PATH="))?.slice(5) ?? "";
  // An empty element means the current directory, which Go refuses as a way to be tricked; so do we.
  const candidates = path.split(":").filter((directory) => directory.startsWith("/"))
    .map((directory) => `${directory.replace(/\/+$/, "")}/${name}`);
  const probes = candidates.map((file) => probe(kernel, file));
  return () => {
    const found = probes.findIndex(({ stat, access, mode }) =>
      stat.ok && !isDirectory(mode) && isPermitted(access, mode)
    );
    if (found < 0) throw notFound(name);
    return candidates[found]!;
  };
}

function probe(kernel: Kernel, file: string): { stat: Result; access: Result; mode: Out } {
  const mode = new Out(STAT_SIZE);
  const accept = "any";
  return {
    mode,
    stat: kernel.newfstatat(AT_FDCWD, file, mode, 0, { accept }),
    access: kernel.faccessat2(AT_FDCWD, file, X_OK, AT_EACCESS, { accept }),
  };
}

/** A filter that is set already may not know faccessat2(2): then any x will do, as in Go, and execve(2) has the last word. */
function isPermitted(access: Result, mode: Out): boolean {
  if (access.errno !== ENOSYS && access.errno !== EPERM) return access.ok;
  return (mode.view.getUint32(STAT.mode, true) & ANY_X) !== 0;
}

function isDirectory(mode: Out): boolean {
  return (mode.view.getUint32(STAT.mode, true) & S_IFMT) === S_IFDIR;
}

function notFound(name: string): RuntError {
  return failure(name, "executable file not found in $PATH");
}

function failure(name: string, text: string, hint?: string): RuntError {
  return new RuntError("exec", `exec: ${JSON.stringify(name)}: ${text}`, {
    path: "process.args[0]",
    ...(hint && { hint }),
  });
}

function reason(errno: number): string {
  const known: Record<number, string> = {
    [ENOENT]: "no such file or directory",
    [EACCES]: "permission denied",
    [ENOTDIR]: "not a directory",
    [ELOOP]: "too many levels of symbolic links",
    [ENAMETOOLONG]: "file name too long",
  };
  return known[errno] ?? "permission denied";
}
