/**
 * The job: a directory which the guest mounts by hostfs, runs, and leaves its results in.
 *
 * @module
 */
import { type FileResults, parseTap } from "./tap.ts";

/** What the guest's PID 1 is. */
export type Pid1 = "none" | "systemd";

/** What a guest shall do. */
export interface Job {
  pid1: Pid1;
  /** Test files, as paths below the repository. */
  files: string[];
  /** The runtime under test: an executable of this host, or the name of one in the guest's image. */
  runtime: { host: string } | { guest: string };
  /** Further variables for the tests, each `NAME=VALUE`. */
  environment: string[];
  /** The kernel modules' directory on the host. */
  modules: string;
  /** After how many seconds a test file is stopped. */
  fileSeconds: number;
}

/** The repository's directory. */
export const REPOSITORY = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Makes the job's directory below `parent`, and returns its path. */
export function writeJob(job: Job, parent: string): string {
  const directory = `${parent}/job`;
  Deno.mkdirSync(`${directory}/out`, { recursive: true });
  let runtime: string;
  if ("host" in job.runtime) {
    // A copy, so that a build meanwhile does not change it under the guest
    Deno.copyFileSync(job.runtime.host, `${directory}/runt`);
    Deno.chmodSync(`${directory}/runt`, 0o755);
    runtime = "/job/runt";
  } else {
    runtime = job.runtime.guest;
  }
  const environment = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "DENO_DIR=/tmp/deno",
    "DENO_NO_UPDATE_CHECK=1",
    "NO_COLOR=1",
    `RUNT=${runtime}`,
    `RUNT_GUEST=${job.pid1}`,
    `FILE_SECONDS=${job.fileSeconds}`,
    ...job.environment,
  ];
  const mounts = {
    [REPOSITORY]: "/repo",
    [Deno.execPath().replace(/\/[^/]*$/, "")]: "/deno",
    [job.modules]: "/lib/modules",
  };
  writeLines(`${directory}/environment`, environment);
  writeLines(`${directory}/mounts`, Object.entries(mounts).map(([host, guest]) => `${host}\t${guest}`));
  writeLines(`${directory}/files`, job.files);
  Deno.copyFileSync(new URL("./run_in_guest.sh", import.meta.url), `${directory}/run`);
  Deno.chmodSync(`${directory}/run`, 0o755);
  return directory;
}

/** What came of one test file. */
export interface FileOutcome extends FileResults {
  file: string;
  /** Exit status of `deno test`, undefined when the file did not end (or not begin). */
  status: number | undefined;
  /** How long it took; 0 when it did not end. */
  seconds: number;
  /** What it wrote to standard error. */
  stderr: string;
}

/**
 * Reads what the guest left.
 *
 * @returns an entry for each file that was begun; none when the guest never came to the tests
 */
export function readOutcomes(job: Job, directory: string): FileOutcome[] {
  return job.files.flatMap((file, index) => {
    const base = `${directory}/out/${index + 1}`;
    const tap = readIfThere(`${base}.tap`);
    if (tap === undefined) return [];
    const [status, seconds = 0] = readIfThere(`${base}.status`)?.trim().split(" ").map(Number) ?? [];
    return [{
      file,
      ...parseTap(tap),
      status,
      seconds,
      stderr: readIfThere(`${base}.err`) ?? "",
    }];
  });
}

/** The end of what the job and the kernel wrote, for a run that went wrong. */
export function readLogs(directory: string): string {
  return ["log", "dmesg"]
    .map((name) => readIfThere(`${directory}/out/${name}`)?.trimEnd().split("\n").slice(-15).join("\n"))
    .filter(Boolean)
    .join("\n");
}

function writeLines(path: string, lines: string[]): void {
  Deno.writeTextFileSync(path, lines.map((line) => `${line}\n`).join(""));
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
