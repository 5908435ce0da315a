import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK } from "../../ffi/constants/open.ts";
import { AT_FDCWD, type Kernel, Out } from "../../ffi/kernel.ts";

const CHUNK = 0x4000;
/** A passwd file that is larger is an attack on our memory, not a passwd file. */
const MAX_PASSWD = 0x100000;

/**
 * The program's environment: of variables given twice the last one holds, and `HOME` comes from the container's
 * `/etc/passwd` when it is missing or empty, as in runc.
 *
 * Flushes: all that was queued before is done then.
 *
 * @param env as in the spec
 * @param uid whose home it is
 */
export function prepareEnvironment(kernel: Kernel, env: readonly string[], uid: number): string[] {
  const last = lastOfEach(env);
  if (last.get("HOME") === "HOME=") last.delete("HOME");
  const prepared = [...last.values()];
  if (last.has("HOME")) kernel.flush();
  else prepared.push(`HOME=${lookUpHome(kernel, uid)}`);
  return prepared;
}

/** Entries by their names: of variables given twice the last one, in its place, as Go has it. */
export function lastOfEach(env: readonly string[]): Map<string, string> {
  const last = new Map<string, string>();
  for (const entry of env) {
    const key = entry.slice(0, entry.indexOf("="));
    // Deleted first: a map keeps the place of the first.
    last.delete(key);
    last.set(key, entry);
  }
  return last;
}

/** The home directory of a user by the container's `/etc/passwd` (`passwd(5)`); `/` when it does not say. */
function lookUpHome(kernel: Kernel, uid: number): string {
  const decoder = new TextDecoder();
  let text = "", more = true;
  const flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  // Whatever lies there is the container's: what cannot be read says nothing, and is no reason not to go on.
  const file = kernel.openat(AT_FDCWD, "/etc/passwd", flags, 0, { accept: "any" });
  while (more && text.length < MAX_PASSWD) {
    const out = new Out(CHUNK);
    let got = file;
    kernel.when(file, "ok", () => {
      got = kernel.read(file, out, { accept: "any" });
    });
    kernel.flush();
    if (!file.ok) return "/";
    const length = Math.max(0, got.value);
    text += decoder.decode(out.bytes.subarray(0, length), { stream: true });
    more = length === CHUNK;
  }
  kernel.close(file);
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    if (fields.length >= 6 && fields[2] === String(uid)) return fields[5] ?? "/";
  }
  return "/";
}
