/**
 * A program that says what it sees, for tests of the packing: `executable_test.ts` has it built as runt is.
 *
 * @module
 */
import { readStartFacts } from "../../../ffi/start_facts.ts";
import { ProbeFault } from "./fault.ts";

/** What the program saw. */
export interface Sight {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly directory: string;
  readonly umask: number;
  readonly hour: number;
  readonly streams: readonly string[];
  readonly start: ReturnType<typeof readStartFacts>;
}

function print(value: unknown): void {
  const text = JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}n` : part);
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function link(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch (error) {
    return (error as Error).name;
  }
}

function directory(): string {
  try {
    return Deno.cwd();
  } catch (error) {
    return (error as Error).name;
  }
}

switch (Deno.args[0]) {
  case "child": {
    const { stdout } = new Deno.Command("env", { stdin: "null" }).outputSync();
    Deno.stdout.writeSync(stdout);
    break;
  }
  case "write":
    Deno.writeTextFileSync(Deno.args[1]!, "written");
    break;
  case "slice": {
    // As `--debug` does.
    Error.stackTraceLimit = 10;
    const { raise } = await import("./slice.ts");
    const error = await raise().catch((error: unknown) => error);
    print({ shared: error instanceof ProbeFault, message: `${error}`, stack: (error as Error).stack });
    break;
  }
  case "throw":
    throw new ProbeFault("uncaught");
  case "exit":
    Deno.exit(Number(Deno.args[1]));
    break;
  case "raise":
    Deno.kill(Deno.pid, "SIGTERM");
    break;
  default:
    print({
      args: Deno.args,
      env: Deno.env.toObject(),
      directory: directory(),
      umask: Deno.umask(),
      hour: new Date(Date.UTC(2026, 0, 1, 12)).getHours(),
      streams: [0, 1, 2].map((descriptor) => link(`/proc/self/fd/${descriptor}`)),
      start: readStartFacts(),
    });
}
Deno.exit(0);
