/**
 * Runs `deno compile`.
 *
 * @module
 */
import { BuildError } from "../denort/build_error.ts";

/** What to compile, and with what. */
export interface Compilation {
  /** Deno's executable. */
  readonly deno: string;
  /** The script; its directory must hold nothing that is not wanted: `deno compile` may take it along. */
  readonly script: string;
  readonly output: string;
  /** The runtime to put the script into; `undefined` lets Deno download its own. */
  readonly denort: string | undefined;
}

/**
 * Compiles a script into an executable.
 *
 * @throws {BuildError} with Deno's own words
 */
export async function compileScript({ deno, script, output, denort }: Compilation): Promise<void> {
  const env: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  if (denort !== undefined) env["DENORT_BIN"] = denort;
  const { code, stderr } = await new Deno.Command(deno, {
    args: [
      "compile",
      "--no-config",
      "--no-lock",
      "--no-check",
      "-A",
      "--no-code-cache",
      "--output",
      output,
      script,
    ],
    env,
    cwd: script.slice(0, script.lastIndexOf("/")),
    stdin: "null",
    stdout: "null",
  }).output();
  if (code === 0) return;
  const words = new TextDecoder().decode(stderr).trim();
  if (denort !== undefined) throw new BuildError(`Cannot compile ${script}: deno compile failed\n${words}`);
  throw new BuildError(
    `Cannot make a stock executable: deno compile failed. It downloads its runtime (denort) from dl.deno.land; where ` +
      `that cannot be reached, build without --stock, or give a denort by DENORT_BIN\n${words}`,
  );
}
