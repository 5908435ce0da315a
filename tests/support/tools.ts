/**
 * Programs of the host that tests compare against: compiler, assembler, emulator.
 *
 * @module
 */

/** Where a program is, looked up on the `PATH`; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(":").map((directory) => `${directory}/${name}`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * Says why a test is skipped, so that a skip is never silent.
 *
 * @returns whether one of the programs is missing
 */
export function skipWithout(what: string, ...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !findProgram(program));
  if (missing.length === 0) return false;
  const line = `skipped: ${what}: not installed: ${missing.join(", ")}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
  // Reporters that a program reads swallow what is written while a file is loaded: tests/run.ts prints this file.
  const log = Deno.env.get("RUNT_SKIP_LOG");
  if (log !== undefined) Deno.writeTextFileSync(log, line, { append: true });
  return true;
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to standard output
 * @throws {Error} with what it wrote to standard error when it fails
 */
export function runProgram(program: string, args: readonly string[]): string {
  const { code, stdout, stderr } = new Deno.Command(program, { args: [...args] }).outputSync();
  if (code !== 0) throw new Error(`${program} failed (${code}): ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Runs `body` with a directory of its own, which is gone afterwards. */
export function withDirectory<T>(body: (directory: string) => T): T {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    return body(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/**
 * Compiles and runs a program in C.
 *
 * @param headers what it includes, in order
 * @param body what `main` does
 * @returns the lines it prints
 */
export function runC(headers: readonly string[], body: string): string[] {
  const source = [
    "#define _GNU_SOURCE",
    ...headers.map((header) => header.startsWith("#") ? header : `#include <${header}>`),
    "#include <stdio.h>",
    `int main(void) {\n${body}\nreturn 0; }\n`,
  ].join("\n");
  return withDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/main.c`, source);
    runProgram("gcc", ["-w", "-o", `${directory}/main`, `${directory}/main.c`]);
    return runProgram(`${directory}/main`, []).split("\n").filter(Boolean);
  });
}
