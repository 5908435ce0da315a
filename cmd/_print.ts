import { RuntError } from "../libcontainer/error.ts";

/** Writes all of `text`; a pipe may take a part at a time. */
function writeText(writer: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(writer.writeSync(bytes));
}

/**
 * Writes to standard output. A reader that has gone (`runt help | head`) wants no more, and is no failure.
 *
 * @returns whether anybody reads
 */
export function printOut(text: string): boolean {
  try {
    writeText(Deno.stdout, text);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw new RuntError("io", "write /dev/stdout", { cause: error });
  }
}

/** Writes to standard error; where that is closed there is nobody left to tell. */
export function printError(text: string): void {
  try {
    writeText(Deno.stderr, text);
  } catch { /* nothing can be done */ }
}
