/**
 * A container for one test: a busybox bundle, and the runtime's commands on it.
 *
 * @module
 */
import { type BundleSpec, writeBundle } from "./bundle.ts";
import { RUNTIME } from "./guest_case.ts";

/** Where cgroup v2 is mounted. */
export const CGROUP_ROOT = "/sys/fs/cgroup";

/** What a command of the runtime came to. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the runtime to its end; standard input is /dev/null. */
export function runRuntime(root: string, args: string[]): CommandResult {
  const result = new Deno.Command(RUNTIME, { args: ["--root", root, ...args], stdin: "null" }).outputSync();
  const decoder = new TextDecoder();
  return {
    code: result.code,
    stdout: decoder.decode(result.stdout),
    stderr: decoder.decode(result.stderr),
  };
}

/** A bundle, a state directory of its own, and an id that no other test has. */
export class Container implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  readonly root = `${this.directory}/root`;
  readonly bundle = `${this.directory}/bundle`;
  readonly id: string;
  #cgroups: string[] = [];

  /** @param spec what its config.json has beside the usual */
  constructor(spec: BundleSpec) {
    this.id = this.directory.slice("/tmp/".length);
    writeBundle(this.bundle, spec);
    const path = spec.linux?.cgroupsPath;
    // The runtime removes the container's cgroup, but not those above it
    if (path) this.#cgroups = ancestors(resolveCgroup(path));
  }

  /** `run` in the foreground. */
  run(): CommandResult {
    return runRuntime(this.root, ["run", "--bundle", this.bundle, this.id]);
  }

  /**
   * `create`. The container's process inherits standard output, so nobody may wait for its end: it gets
   * /dev/null, and the runtime's errors come from its log.
   */
  create(): void {
    this.#quietly(["create", "--bundle", this.bundle, this.id]);
  }

  /** `create` and `start`. */
  start(): void {
    this.create();
    this.#quietly(["start", this.id]);
  }

  #quietly(args: string[]): void {
    const log = `${this.directory}/log`;
    const { code } = new Deno.Command(RUNTIME, {
      args: ["--root", this.root, "--log", log, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    if (code !== 0) throw new Error(`${args[0]}: exit ${code}: ${Deno.readTextFileSync(log)}`);
  }

  /** `state`, parsed. */
  state(): { status: string; pid: number } {
    const { code, stdout, stderr } = runRuntime(this.root, ["state", this.id]);
    if (code !== 0) throw new Error(`state: exit ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** `delete --force`; throws when it fails. */
  delete(): void {
    const { code, stderr } = runRuntime(this.root, ["delete", "--force", this.id]);
    if (code !== 0) throw new Error(`delete: exit ${code}: ${stderr}`);
  }

  [Symbol.dispose](): void {
    try {
      if (exists(`${this.root}/${this.id}`)) this.delete();
    } finally {
      for (const path of this.#cgroups) removeEmpty(path);
      Deno.removeSync(this.directory, { recursive: true });
    }
  }
}

/** The cgroup of a process, as a path below {@linkcode CGROUP_ROOT}: the v2 line of proc_pid_cgroup(5). */
export function readCgroup(pid: number | "self"): string {
  const path = /^0::(.*)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/cgroup`))?.[1];
  if (path === undefined) throw new Error(`/proc/${pid}/cgroup has no cgroup v2`);
  return path;
}

/** Where a `cgroupsPath` leads: a relative one begins beside the runtime's own cgroup, as runc has it. */
export function resolveCgroup(path: string): string {
  if (path.startsWith("/")) return path;
  const parent = readCgroup("self").replace(/\/[^/]*$/, "");
  return `${parent}/${path}`;
}

/** Whether there is a file or directory at a path. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The cgroup and those above it, the deepest first. */
function ancestors(cgroup: string): string[] {
  const paths: string[] = [];
  for (let path = cgroup; path !== ""; path = path.replace(/\/[^/]*$/, "")) paths.push(path);
  return paths;
}

/** Removes a cgroup unless processes or cgroups are in it, as are those that were there before. */
function removeEmpty(cgroup: string): void {
  try {
    Deno.removeSync(CGROUP_ROOT + cgroup);
  } catch {
    // Busy, not empty, or removed: none of it is the test's concern
  }
}

/** Sleeps until `condition` holds; throws after ten seconds. */
export function waitUntil(condition: () => boolean, what: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; !condition(); waited += 50) {
    if (waited >= 10_000) throw new Error(`Waited ten seconds for ${what}`);
    Atomics.wait(pause, 0, 0, 50);
  }
}
