/**
 * Counts what a runtime asks of the kernel until the container's program begins, as strace(1) sees it.
 *
 * @module
 */
import { makeBenchBundle } from "./bundle.ts";
import { run } from "../support/runtime.ts";
import type { ContainerRuntime } from "./runtimes.ts";

/** Calls and bytes of a `run`. */
export interface Trace {
  /** System calls of all threads and processes up to the container's program, its exec included. */
  readonly calls: number;
  /** Of these, before the first that names the bundle or the state: what it takes to come to life. */
  readonly callsBefore: number;
  /** Bytes that `read(2)` and its kin returned, from that first call on. */
  readonly bytesRead: number;
  /** The most frequent calls from that first one on. */
  readonly most: readonly (readonly [name: string, count: number])[];
}

/** Traces one `run` of `/bin/true`. */
export function traceRun(runtime: ContainerRuntime, directory: string): Trace {
  using bundle = makeBenchBundle(["/bin/true"]);
  const output = `${directory}/strace.${runtime.name}`, root = `${directory}/${runtime.name}-traced`;
  const command = [runtime.program, "--root", root, "run", "--bundle", bundle.directory, `trace-${Deno.pid}`];
  const { code, stderr } = runtime.inside(() =>
    run("strace", ["-f", "-qq", "-s", "96", "-o", output, ...command])
  );
  if (code !== 0) throw new Error(`strace ${command.join(" ")}: ${stderr}`);
  return readTrace(Deno.readTextFileSync(output), [bundle.directory, root], "/bin/true");
}

/**
 * Reads strace's output.
 *
 * @param text lines of `strace -f`
 * @param own paths that only the runtime's own work names
 * @param program what the container executes
 */
export function readTrace(text: string, own: readonly string[], program: string): Trace {
  const counts = new Map<string, number>();
  let calls = 0, callsBefore = 0, bytesRead = 0, begun = false;
  for (const line of text.split("\n")) {
    const [, name, rest = ""] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
    const resumed = /^\d+ +<\.\.\. (\w+) resumed>(.*)$/.exec(line);
    if (name !== undefined) {
      calls++;
      // The first call of all is the runtime's own exec, which has the paths among its arguments.
      begun ||= !name.startsWith("exec") && own.some((path) => rest.includes(path));
      if (begun) counts.set(name, (counts.get(name) ?? 0) + 1);
      else callsBefore++;
    }
    const called = name ?? resumed?.[1] ?? "";
    const returned = / = (\d+)(?: |$)/.exec(rest || (resumed?.[2] ?? ""))?.[1];
    if (begun && /^(p?readv?(64|2)?|recv\w*)$/.test(called)) bytesRead += Number(returned ?? 0);
    if (name?.startsWith("exec") && rest.includes(`"${program}"`) && calls > 1) break;
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 8);
  return { calls, callsBefore, bytesRead, most };
}
