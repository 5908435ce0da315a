/**
 * What is timed, and how: all contestants in turn, again and again, so that whatever else the machine does falls on
 * all of them alike.
 *
 * @module
 */
import { run } from "../support/runtime.ts";
import type { Bundle } from "../support/bundle.ts";
import { makeBenchBundle } from "./bundle.ts";
import { prepare, type Prepared, time } from "./process.ts";
import type { ContainerRuntime } from "./runtimes.ts";
import { summarize, type Summary } from "./statistics.ts";

/** One thing that is timed. */
export interface Measured {
  readonly name: string;
  /** ms, by contestant. */
  readonly times: Readonly<Record<string, Summary>>;
}

/** Something that can be done again and again; says how many ms it took. */
interface Contestant {
  readonly name: string;
  run(): number;
}

/** What timings need. */
export interface TimingSetup {
  readonly runtimes: readonly ContainerRuntime[];
  /** How often each contestant runs each case. */
  readonly rounds: number;
  /** An empty directory for state and scripts. */
  readonly directory: string;
  readonly progress: (text: string) => void;
}

const WARM_UP = 3;
/** The empty script's name in the results. */
export const EMPTY_SCRIPT = "empty script";

const ENV = { PATH: Deno.env.get("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" };

/** Times everything. */
export function measureTimings(setup: TimingSetup): Measured[] {
  using bundle = makeBenchBundle(["/bin/true"]);
  using sleeping = makeBenchBundle(["/bin/sleep", "1000000"]);
  const { runtimes } = setup, empty = makeEmptyScript(setup.directory);
  const runt = runtimes[0]!;
  const measured: Measured[] = [];
  const measure = (name: string, contestants: readonly Contestant[]) => {
    setup.progress(name);
    measured.push({ name, times: compete(contestants, setup.rounds) });
  };
  measure("run", runtimes.map((runtime) => runOnce(setup, runtime, bundle)));
  measure(
    "run, first",
    runtimes.map((runtime) => runOnce(setup, runtime, bundle, () => rewriteConfig(bundle))),
  );
  measure("create+start+delete", runtimes.map((runtime) => wholeLife(setup, runtime, bundle)));
  const running = runtimes.map((runtime) => runningContainer(setup, runtime, sleeping));
  try {
    measure("state", [...running.map(({ call }) => call("state")), empty]);
    measure("state, first", [...running.map(({ callFirst }) => callFirst("state")), empty]);
    measure("kill", running.map(({ call }) => call("kill", "0")));
    measure("exec", running.map(({ call }) => call("exec", "/bin/true")));
    measure("exec, first", running.map(({ callAnew }) => callAnew("exec", "/bin/true")));
  } finally {
    for (const { end } of running) end();
  }
  measure("--version", [...runtimes.map((runtime) => command(runtime, ["--version"])), empty]);
  measure("no command", [command(runt, []), empty]);
  return measured;
}

function compete(contestants: readonly Contestant[], rounds: number): Record<string, Summary> {
  const times = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = -WARM_UP; round < rounds; round++) {
    // Another one begins each time: who comes second may find warm what the first has touched.
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(turn + round + WARM_UP) % contestants.length]!;
      const ms = contestant.run();
      if (round >= 0) times.get(contestant.name)!.push(ms);
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, summarize(values)]));
}

/** Runs something that has to succeed. */
function must(runtime: ContainerRuntime, prepared: Prepared): number {
  const { ms, code } = runtime.inside(() => time(prepared));
  if (code === 0) return ms;
  // Once more, to hear what it says.
  const { stderr } = runtime.inside(() => run(prepared.program, prepared.args));
  throw new Error(`${prepared.program} ${prepared.args.join(" ")}: ended with ${code}: ${stderr}`);
}

let count = 0;

function newId(runtime: ContainerRuntime): string {
  return `bench-${Deno.pid}-${runtime.name}-${count++}`;
}

function rootOf({ directory }: TimingSetup, { name }: ContainerRuntime): string[] {
  return ["--root", `${directory}/${name}`];
}

/** The same bytes in another file: a bundle that nobody has run before. */
function rewriteConfig({ directory }: Bundle): void {
  const path = `${directory}/config.json`;
  Deno.writeTextFileSync(`${path}.new`, Deno.readTextFileSync(path));
  Deno.renameSync(`${path}.new`, path);
}

function runOnce(
  setup: TimingSetup,
  runtime: ContainerRuntime,
  { directory }: Bundle,
  before: () => void = () => {},
): Contestant {
  return {
    name: runtime.name,
    run() {
      before();
      const args = [...rootOf(setup, runtime), "run", "--bundle", directory, newId(runtime)];
      return must(runtime, prepare(runtime.program, args, ENV));
    },
  };
}

function wholeLife(setup: TimingSetup, runtime: ContainerRuntime, { directory }: Bundle): Contestant {
  const pidFile = `${setup.directory}/${runtime.name}.pid`;
  return {
    name: runtime.name,
    run() {
      const id = newId(runtime), root = rootOf(setup, runtime);
      const call = (...args: string[]) => must(runtime, prepare(runtime.program, [...root, ...args], ENV));
      let ms = call("create", "--bundle", directory, "--pid-file", pidFile, id);
      ms += call("start", id);
      // Not timed: until the program has ended. No runtime deletes a running container without --force.
      waitForEnd(Number(Deno.readTextFileSync(pidFile)));
      return ms + call("delete", id);
    },
  };
}

/** A container that runs, and commands that are timed on it. */
function runningContainer(
  setup: TimingSetup,
  runtime: ContainerRuntime,
  { directory }: Bundle,
): {
  call(command: string, ...args: readonly string[]): Contestant;
  /** The same with another argument each time. */
  callAnew(command: string, ...args: readonly string[]): Contestant;
  /** The same as if it had not been called before. */
  callFirst(command: string): Contestant;
  end(): void;
} {
  const id = newId(runtime), root = rootOf(setup, runtime);
  const call = (...args: string[]) => must(runtime, prepare(runtime.program, [...root, ...args], ENV));
  call("run", "--detach", "--bundle", directory, id);
  return {
    call(command, ...args) {
      const prepared = prepare(runtime.program, [...root, command, id, ...args], ENV);
      return { name: runtime.name, run: () => must(runtime, prepared) };
    },
    callAnew(command, ...args) {
      return {
        name: runtime.name,
        run() {
          return must(
            runtime,
            prepare(runtime.program, [...root, command, id, ...args, String(count++)], ENV),
          );
        },
      };
    },
    callFirst(command) {
      const prepared = prepare(runtime.program, [...root, command, id], ENV);
      const answer = `${root[1]}/${id}/${command}.answer`;
      return {
        name: runtime.name,
        run() {
          if (isFile(answer)) Deno.removeSync(answer);
          return must(runtime, prepared);
        },
      };
    },
    end: () => call("delete", "--force", id),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function command(runtime: ContainerRuntime, args: readonly string[]): Contestant {
  const prepared = prepare(runtime.program, args, ENV);
  return { name: runtime.name, run: () => must(runtime, prepared) };
}

/** Deno as npm has it, running nothing. */
function makeEmptyScript(directory: string): Contestant {
  const script = `${directory}/empty.js`;
  Deno.writeTextFileSync(script, "");
  const env = { ...ENV, DENO_DIR: `${directory}/deno`, DENO_NO_UPDATE_CHECK: "1" };
  const prepared = prepare(Deno.execPath(), ["run", script], env);
  return {
    name: EMPTY_SCRIPT,
    run() {
      const { ms, code } = time(prepared);
      if (code !== 0) throw new Error(`${prepared.program} run ${script}: ended with ${code}`);
      return ms;
    },
  };
}

/** Waits until a process has ended, reaped or not. */
function waitForEnd(pid: number): void {
  const end = performance.now() + 10_000;
  while (isRunning(pid)) {
    if (performance.now() > end) throw new Error(`The container's process ${pid} does not end`);
  }
}

function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
