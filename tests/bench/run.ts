/**
 * Measures runt beside runc, crun and an empty script, all in one run.
 *
 * ```
 * deno task bench [--rounds N] [--json] [--only timings,calls,memory]
 * ```
 *
 * `RUNT` names another executable than `dist/runt`. It ends with 1 when a goal is missed.
 *
 * @module
 */
import { ensureBuilt, EXECUTABLE } from "../../tools/ensure_built.ts";
import { run } from "../support/runtime.ts";
import { measureMemory } from "./memory.ts";
import { formatReport, judge, type Results } from "./report.ts";
import { type ContainerRuntime, findRuntimes } from "./runtimes.ts";
import { measureTimings } from "./timings.ts";
import { traceRun } from "./trace.ts";

const PARTS = ["timings", "calls", "memory"];

interface Settings {
  rounds: number;
  json: boolean;
  only: string[];
}

function readSettings(args: readonly string[]): Settings {
  const settings: Settings = { rounds: 40, json: false, only: PARTS };
  const rest = [...args];
  for (let flag; (flag = rest.shift()) !== undefined;) {
    if (flag === "--json") settings.json = true;
    else if (flag === "--rounds") settings.rounds = Number(rest.shift());
    else if (flag === "--only") settings.only = (rest.shift() ?? "").split(",");
    else throw new Error(`no such flag: ${flag}; there are --rounds N, --json, --only ${PARTS.join(",")}`);
  }
  if (!(settings.rounds >= 1)) throw new Error("--rounds: not a number of rounds");
  const unknown = settings.only.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) {
    throw new Error(`--only: no such part: ${unknown}; there are ${PARTS.join(", ")}`);
  }
  return settings;
}

function print(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

function measure({ rounds, only }: Settings, directory: string): Results {
  const program = Deno.env.get("RUNT") ?? EXECUTABLE;
  const runtimes = findRuntimes(program);
  const progress = (text: string) => print(Deno.stderr, `bench: ${text}\n`);
  for (const { name } of runtimes) Deno.mkdirSync(`${directory}/${name}`);
  const timings = only.includes("timings") ? measureTimings({ runtimes, rounds, directory, progress }) : [];
  const each = <T>(part: string, body: (runtime: ContainerRuntime) => T) => {
    if (!only.includes(part)) return {};
    return Object.fromEntries(runtimes.map((runtime) => {
      progress(`${part} of ${runtime.name}`);
      return [runtime.name, body(runtime)];
    }));
  };
  return {
    host: describeHost(runtimes, rounds),
    timings,
    traces: each("calls", (runtime) => traceRun(runtime, directory)),
    memory: each("memory", (runtime) => measureMemory(runtime, directory)),
    size: Deno.statSync(program).size,
  };
}

function describeHost(runtimes: readonly ContainerRuntime[], rounds: number): Record<string, string> {
  const versions = runtimes.map(({ program, name }) =>
    run(program, ["--version"]).stdout.split("\n")[0]?.replace(" version", "") ?? name
  );
  return {
    host: `Linux ${Deno.osRelease()}, ${Deno.build.arch}, ${navigator.hardwareConcurrency} CPUs`,
    runtimes: `${versions.join(", ")}, Deno ${Deno.version.deno}`,
    rounds: `${rounds}, in turn`,
  };
}

function main(): number {
  const settings = readSettings(Deno.args);
  if (Deno.uid() !== 0) throw new Error("containers need root");
  if (Deno.env.get("RUNT") === undefined) ensureBuilt();
  // The state of containers lies on a tmpfs, as it does in use.
  const directory = Deno.makeTempDirSync({ dir: "/dev/shm", prefix: "runt-bench-" });
  try {
    const results = measure(settings, directory), verdicts = judge(results.timings);
    const text = settings.json
      ? `${JSON.stringify({ ...results, goals: verdicts }, null, 2)}\n`
      : formatReport(results);
    print(Deno.stdout, text);
    return verdicts.every(({ met }) => met) ? 0 : 1;
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    Deno.exit(main());
  } catch (error) {
    print(Deno.stderr, `bench: ${(error as Error).message}\n`);
    Deno.exit(1);
  }
}
