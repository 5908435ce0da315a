/**
 * Runs the processes that run tests.
 *
 * @module
 */
import type { ProcessEnd } from "./outcome.ts";

/** What a process is run with. */
export interface ProcessOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** After how many seconds it is stopped, with all that it started in its process group. */
  readonly seconds: number;
  /** Hands its standard output on as it comes. */
  readonly echo?: boolean;
}

/** Runs a program to its end, or stops it with all of its process group (timeout(1) makes one). */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessEnd> {
  const start = performance.now();
  const child = new Deno.Command("timeout", {
    args: ["-k", "10", String(options.seconds), program, ...args],
    cwd: options.cwd,
    // Results are read by a program: no colours among them.
    env: { ...options.env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [stdout, stderr, { code }] = await Promise.all([
    readAll(child.stdout, options.echo ?? false),
    readAll(child.stderr, false),
    child.status,
  ]);
  return { code, stdout, stderr, seconds: (performance.now() - start) / 1000 };
}

async function readAll(stream: ReadableStream<Uint8Array>, echo: boolean): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    if (echo) Deno.stdout.writeSync(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
