/**
 * Runs tests on pure cgroup v2, without and with systemd, on a host that has neither: boots two guests of
 * User-mode Linux side by side, and runs tests/guest/suite and some of tests/integration in them.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { buildImages, type GuestImages } from "../../tools/guest/build_images.ts";
import { checkExecutableRange } from "./executable_range.ts";
import {
  type FileOutcome,
  type Job,
  type Pid1,
  readLogs,
  readOutcomes,
  REPOSITORY,
  writeJob,
} from "./job.ts";
import { reportGuest } from "./report.ts";
import { selectFiles } from "./selection.ts";
import { bootUserModeLinux, listCpus } from "./user_mode_linux.ts";

const USAGE = `usage: deno task test:guest [options] [FILE...]

  FILE              test files to run, below the repository (all that tests/guest/selection.ts names)
  --pid1 LIST       none, systemd, or both with a comma between (none,systemd)
  --executable FILE the runtime under test (dist/runt)
  --runtime PATH    a runtime in the guest's image, as /usr/sbin/runc, instead: tests the tests
  --env NAME=VALUE  a variable for the tests, any number of times, as RUNT_INIT=self
  --seconds N       kill a guest after so many seconds (2400)
  --file-seconds N  stop a test file after so many seconds (600)
  --memory N        MiB of memory for each guest (1536)
  --build           only build the images
  --keep            keep the guests' directories, and say where

Images are kept in .guest, or where RUNT_GUEST_DIR says.
`;

interface Settings {
  guests: Pid1[];
  files: string[];
  runtime: Job["runtime"];
  environment: string[];
  seconds: number;
  fileSeconds: number;
  memory: number;
  onlyBuild: boolean;
  keep: boolean;
}

interface GuestRun {
  outcomes: FileOutcome[];
  /** What there is to say beside results: a second start, a time-out, the console. */
  notes: string[];
  seconds: number;
}

function readSettings(): Settings {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pid1: { type: "string", default: "none,systemd" },
      executable: { type: "string", default: `${REPOSITORY}/dist/runt` },
      runtime: { type: "string" },
      env: { type: "string", multiple: true, default: [] },
      seconds: { type: "string", default: "2400" },
      "file-seconds": { type: "string", default: "600" },
      memory: { type: "string", default: "1536" },
      build: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    Deno.exit(0);
  }
  const guests = values.pid1.split(",").map((name): Pid1 => {
    if (name !== "none" && name !== "systemd") throw new Error(`--pid1: neither none nor systemd: ${name}`);
    return name;
  });
  const files = positionals.length > 0 ? positionals : selectFiles(values.runtime === undefined);
  if (values.runtime === undefined && !values.build) {
    mustExist(values.executable, "make dist/runt with: deno task build");
    checkExecutableRange(values.executable);
  }
  for (const file of files) mustExist(`${REPOSITORY}/${file}`, "name a test file below the repository");
  return {
    guests,
    files,
    runtime: values.runtime === undefined ? { host: values.executable } : { guest: values.runtime },
    environment: values.env,
    seconds: Number(values.seconds),
    fileSeconds: Number(values["file-seconds"]),
    memory: Number(values.memory),
    onlyBuild: values.build,
    keep: values.keep,
  };
}

function mustExist(path: string, hint: string): void {
  try {
    Deno.statSync(path);
  } catch (error) {
    throw new Error(`Cannot run the guests: no file ${path} (${hint})`, { cause: error });
  }
}

/** Boots a guest, once more if it left nothing at all, and reads what it left. */
async function runGuest(
  settings: Settings,
  images: GuestImages,
  directory: string,
  pid1: Pid1,
  cpu: number,
  abort: AbortSignal,
): Promise<GuestRun> {
  const notes: string[] = [];
  const job: Job = { ...settings, pid1, modules: images.modules };
  let seconds = 0;
  for (let attempt = 1;; attempt++) {
    const home = `${directory}/${pid1}-${attempt}`;
    const jobDirectory = writeJob(job, home);
    const end = await bootUserModeLinux(
      { ...settings, images, pid1, cpu, job: jobDirectory, scratch: `${home}/scratch` },
      abort,
    );
    seconds += end.seconds;
    const outcomes = readOutcomes(job, jobDirectory);
    if (end.timedOut) notes.push(`killed after ${settings.seconds} s`);
    const finished = outcomes.length === settings.files.length &&
      outcomes.every((o) => o.status !== undefined);
    if (!finished) notes.push("console:", end.console, readLogs(jobDirectory));
    if (outcomes.length > 0 || attempt === 2 || abort.aborted) return { outcomes, notes, seconds };
    notes.push("the guest left no result: started once more");
  }
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** @returns the exit status */
async function main(): Promise<number> {
  const settings = readSettings();
  const start = Date.now();
  const images = await buildImages(Deno.env.get("RUNT_GUEST_DIR") ?? `${REPOSITORY}/.guest`);
  if (images.built) print(`images: built in ${((Date.now() - start) / 1000).toFixed(0)} s\n`);
  if (settings.onlyBuild) return 0;

  const aborter = new AbortController();
  const abort = () => aborter.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, abort);
  const directory = Deno.makeTempDirSync({ prefix: "runt-guest-" });
  const cpus = listCpus();
  const totals = { ok: 0, failed: 0, skipped: 0 };
  try {
    await Promise.all(settings.guests.map(async (pid1, index) => {
      const cpu = cpus[index % cpus.length]!;
      const run = await runGuest(settings, images, directory, pid1, cpu, aborter.signal);
      const report = reportGuest(pid1, settings.files, run.outcomes);
      totals.ok += report.totals.ok;
      totals.failed += report.totals.failed;
      totals.skipped += report.totals.skipped;
      const notes = run.notes.filter(Boolean).join("\n").split("\n").filter(Boolean)
        .map((line) => `${pid1.padEnd(8)} # ${line}`);
      const { ok, failed, skipped } = report.totals;
      const sum = `${pid1.padEnd(8)} ${ok} ok, ${failed} failed, ${skipped} skipped`;
      print([...report.lines, ...notes, `${sum} (${run.seconds.toFixed(0)} s)`, ""].join("\n"));
    }));
  } finally {
    if (settings.keep) print(`kept: ${directory}\n`);
    else Deno.removeSync(directory, { recursive: true });
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  print(`guests: ${totals.ok} ok, ${totals.failed} failed, ${totals.skipped} skipped (${seconds} s)\n`);
  if (aborter.signal.aborted) return 130;
  return totals.failed > 0 || totals.ok === 0 ? 1 : 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    print(`${error instanceof Error ? error.message : error}\n`);
    Deno.exit(1);
  }
}
