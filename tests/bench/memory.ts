/**
 * How much memory a runtime needs, and how little a container can be given.
 *
 * @module
 */
import { makeBenchBundle, running } from "./bundle.ts";
import { type Outcome, run } from "../support/runtime.ts";
import { prepare, time } from "./process.ts";
import type { ContainerRuntime } from "./runtimes.ts";

/** Memory of a runtime, in bytes. */
export interface Memory {
  /** The most that one process of a `run` had resident, files that are mapped included. */
  readonly peak: number;
  /** The most that was charged to the container's cgroup until its program waits for `start`. */
  readonly cgroupPeak: number | undefined;
  /** The smallest memory limit under which `/bin/true` runs, three times in a row; undefined when none does. */
  readonly smallestLimit: number | undefined;
}

const KIB = 1024;
const TIMEOUT = "/usr/bin/timeout";
const LARGEST = 64 * 1024 * KIB, SMALLEST = 64 * KIB, STEP = 16 * KIB;

/**
 * perl is part of every Debian. It is small when it forks: the peak of a process starts with what its parent had, so
 * that a child of Deno would never be seen to need less than Deno.
 */
const PEAK_OF = `if (!($p = fork)) { exec @ARGV or die }
$u = "\\0" x 144; $s = pack("i", 0); syscall(${numberOfWait4()}, $p, $s, 0, $u);
die unless unpack("i", $s) == 0; open(F, ">", $ENV{RUNT_BENCH_PEAK}) or die; print F ((unpack("q18", $u))[4])`;

function numberOfWait4(): number {
  return Deno.build.arch === "x86_64" ? 61 : 260;
}

/** Measures it. */
export function measureMemory(runtime: ContainerRuntime, directory: string): Memory {
  using bundle = makeBenchBundle(["/bin/true"]);
  const root = ["--root", `${directory}/${runtime.name}-memory`];
  const cgroup = `/runt-bench-${Deno.pid}-${runtime.name}`;
  let count = 0;
  // No pipes: what waits for start would hold them open.
  const call = (...args: string[]) => {
    const command = ["-k", "5", "10", runtime.program, ...root, ...args];
    return runtime.inside(() => time(prepare(TIMEOUT, command, Deno.env.toObject()))).code;
  };
  const must = (...args: string[]) => {
    const code = call(...args);
    if (code !== 0) throw new Error(`${runtime.program} ${args.join(" ")}: ended with ${code}`);
  };
  const newId = () => `memory-${Deno.pid}-${runtime.name}-${count++}`;
  const limit = (bytes: number, id: string) =>
    bundle.update(running(["/bin/true"], ({ linux }) => {
      linux.cgroupsPath = `${cgroup}-${id}`;
      linux.resources.memory = { limit: bytes };
    }));
  const starts = (bytes: number) => {
    for (let i = 0; i < 3; i++) {
      const id = newId();
      limit(bytes, id);
      if (call("run", "--bundle", bundle.directory, id) === 0) continue;
      call("delete", "--force", id);
      return false;
    }
    return true;
  };
  try {
    const peak = measurePeak(runtime, [...root, "run", "--bundle", bundle.directory, newId()], directory);
    const id = newId();
    limit(LARGEST, id);
    must("create", "--bundle", bundle.directory, id);
    const cgroupPeak = readCgroupPeak(`${cgroup}-${id}`);
    must("delete", "--force", id);
    return { peak, cgroupPeak, smallestLimit: search(starts) };
  } finally {
    removeCgroups(cgroup);
  }
}

function measurePeak(runtime: ContainerRuntime, args: readonly string[], directory: string): number {
  const file = `${directory}/peak`;
  const { code, stderr }: Outcome = runtime.inside(() =>
    run("perl", ["-e", PEAK_OF, runtime.program, ...args], { env: { RUNT_BENCH_PEAK: file } })
  );
  if (code !== 0) throw new Error(`${runtime.program} ${args.join(" ")}: ${stderr}`);
  return Number(Deno.readTextFileSync(file)) * KIB;
}

/** The smallest multiple of {@linkcode STEP} for which something holds, if what holds for one holds for all above. */
export function search(holds: (bytes: number) => boolean): number | undefined {
  if (!holds(LARGEST)) return undefined;
  let below = SMALLEST - STEP, enough = LARGEST;
  // By halves of the order of magnitude first: failures of large limits are slow, and most answers are small.
  while (enough > 2 * Math.max(below, SMALLEST)) {
    const middle = round(Math.sqrt(Math.max(below, SMALLEST) * enough));
    if (holds(middle)) enough = middle;
    else below = middle;
  }
  while (enough - below > STEP) {
    const middle = round((below + enough) / 2);
    if (holds(middle)) enough = middle;
    else below = middle;
  }
  return enough;
}

function round(bytes: number): number {
  return Math.floor(bytes / STEP) * STEP;
}

function readCgroupPeak(path: string): number | undefined {
  for (const file of [`memory${path}/memory.max_usage_in_bytes`, `${path.slice(1)}/memory.peak`]) {
    try {
      return Number(Deno.readTextFileSync(`/sys/fs/cgroup/${file}`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/** Removes what a runtime that failed has left. */
function removeCgroups(prefix: string): void {
  const name = prefix.slice(1);
  const hierarchies = [...Deno.readDirSync("/sys/fs/cgroup")].map((entry) => `/sys/fs/cgroup/${entry.name}`);
  for (const directory of ["/sys/fs/cgroup", ...hierarchies]) {
    if (!isDirectory(directory)) continue;
    for (const entry of Deno.readDirSync(directory)) {
      if (entry.isDirectory && entry.name.startsWith(name)) remove(`${directory}/${entry.name}`);
    }
  }
}

function isDirectory(path: string): boolean {
  return Deno.lstatSync(path).isDirectory;
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Its last process may not be reaped yet; nothing here can hurry it.
  }
}
