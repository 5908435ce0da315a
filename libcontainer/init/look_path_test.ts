import { assertEquals, assertThrows } from "@std/assert";
import { EACCES, ELOOP, ENOENT, ENOSYS, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { Out } from "../../ffi/operation.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { RuntError } from "../error.ts";
import { queueLookPath } from "./look_path.ts";

/** Looked for at once. */
function lookPath(...given: Parameters<typeof queueLookPath>): string {
  const find = queueLookPath(...given);
  given[0].flush();
  return find();
}

const FILE = 0o100755, DIRECTORY = 0o040755;

/** A kernel with files: their mode, or the errno that they are met with; executable unless said. */
function kernelWith(files: Record<string, number>, refused: readonly string[] = []): RecordingKernel {
  return new RecordingKernel(({ name, args }) => {
    const file = args[1] as string, known = files[file] ?? -ENOENT;
    if (known < 0) return known;
    if (name === "faccessat2") return refused.includes(file) ? -EACCES : 0;
    (args[2] as Out).view.setUint32(Deno.build.arch === "x86_64" ? 24 : 16, known, true);
    return 0;
  });
}

const PATH = ["PATH=/first:/bin/:relative::/usr/bin"];

Deno.test("the first of PATH that can be executed is it, with one round trip", () => {
  const kernel = kernelWith({ "/first/ls": DIRECTORY, "/bin/ls": FILE, "/usr/bin/ls": FILE });
  assertEquals(lookPath(kernel, "ls", PATH), "/bin/ls");
  assertEquals(kernel.flushes, 1);
  const refused = kernelWith({ "/bin/ls": FILE, "/usr/bin/ls": FILE }, ["/bin/ls"]);
  assertEquals(lookPath(refused, "ls", PATH), "/usr/bin/ls");
});

Deno.test("the last PATH counts, and no relative directory", () => {
  const files = { "relative/ls": FILE, "/ls": FILE, "/usr/bin/ls": FILE };
  assertEquals(lookPath(kernelWith(files), "ls", PATH), "/usr/bin/ls");
  assertThrows(() => lookPath(kernelWith(files), "ls", [...PATH, "PATH=relative::"]), RuntError);
  assertThrows(() => lookPath(kernelWith(files), "ls", []), RuntError);
});

Deno.test("a name that is not found is told in runc's words", () => {
  for (const name of ["ls", ""]) {
    assertThrows(
      () => lookPath(kernelWith({}), name, PATH),
      RuntError,
      `exec: ${JSON.stringify(name)}: executable file not found in $PATH`,
    );
  }
});

Deno.test("a path is taken as it is, and what is wrong with it told", () => {
  const kernel = kernelWith({
    "./run": FILE,
    "/dir": DIRECTORY,
    "/data": FILE,
    "/f/x": -ENOTDIR,
    "/l": -ELOOP,
  }, ["/data"]);
  assertEquals(lookPath(kernel, "./run", PATH), "./run");
  const cases = {
    "/missing": "stat /missing: no such file or directory",
    "/f/x": "stat /f/x: not a directory",
    "/l": "stat /l: too many levels of symbolic links",
    "/dir": "permission denied",
    "/data": "permission denied",
  };
  for (const [name, text] of Object.entries(cases)) {
    assertThrows(() => lookPath(kernel, name, PATH), RuntError, `exec: "${name}": ${text}`);
  }
});

Deno.test("a filter that does not know faccessat2() leaves the mode to judge by, and execve() the last word", () => {
  for (const errno of [ENOSYS, EPERM]) {
    const files: Record<string, number> = { "/bin/x": FILE, "/data": 0o100644, "/dir": DIRECTORY };
    const filtered = new RecordingKernel(({ name, args }) => {
      const known = files[args[1] as string] ?? -ENOENT;
      if (name === "faccessat2") return -errno;
      if (known > 0) (args[2] as Out).view.setUint32(Deno.build.arch === "x86_64" ? 24 : 16, known, true);
      return Math.min(known, 0);
    });
    assertEquals(lookPath(filtered, "x", PATH), "/bin/x");
    assertEquals(lookPath(filtered, "/bin/x", PATH), "/bin/x");
    assertThrows(() => lookPath(filtered, "/data", PATH), RuntError, "permission denied");
    assertThrows(() => lookPath(filtered, "/dir", PATH), RuntError, "permission denied");
  }
});
