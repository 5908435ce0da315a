/** What {@linkcode runCommand} may be told beside the command. */
export interface RunCommandOptions {
  /** Working directory. */
  cwd?: string;
}

/**
 * Runs a command to its end, with nothing on its standard input.
 *
 * @returns what it wrote to standard output
 * @throws {Error} with the end of its standard error, when it exits with anything but 0
 */
export function runCommand(command: string, args: string[], options: RunCommandOptions = {}): string {
  const result = new Deno.Command(command, {
    args,
    ...options,
    env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).outputSync();
  const decoder = new TextDecoder();
  if (!result.success) {
    const last = decoder.decode(result.stderr).trimEnd().split("\n").slice(-20).join("\n");
    throw new Error(`${command} ${args.join(" ")}: exit ${result.code}\n${last}`);
  }
  return decoder.decode(result.stdout);
}
