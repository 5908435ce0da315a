/**
 * A container for one test, and where it is in cgroup v2.
 *
 * @module
 */
import { type Bundle, type Config, makeBundle } from "../../support/bundle.ts";
import { type Outcome, run, RUNT, Runtime } from "../../support/runtime.ts";

/** Where cgroup v2 is mounted. */
export const CGROUP_ROOT = "/sys/fs/cgroup";

/** A bundle and a runtime with a root of its own; gone at the end, with the cgroups above the container's. */
export class Container implements Disposable {
  readonly #bundle: Bundle;
  readonly #cgroupsPath: string | undefined;
  readonly runtime = new Runtime();
  readonly id = this.runtime.newId();

  /**
   * @param script for the container's shell
   * @param change what to change in the usual config.json
   */
  constructor(script: string, change: (config: Config) => void = () => {}) {
    this.#bundle = makeBundle((config) => {
      config.ociVersion = "1.0.2"; // Debian's crun refuses newer ones
      config.process.args = ["sh", "-c", script];
      change(config);
    });
    const config = JSON.parse(Deno.readTextFileSync(`${this.#bundle.directory}/config.json`));
    this.#cgroupsPath = config.linux.cgroupsPath;
  }

  /** The command line that runs it in the foreground. */
  get runCommand(): string[] {
    return [RUNT, "--root", this.runtime.root, "run", "--bundle", this.#bundle.directory, this.id];
  }

  /** `run` in the foreground. */
  run(): Outcome {
    const [program = RUNT, ...args] = this.runCommand;
    return run(program, args);
  }

  /**
   * `create`. The container inherits the streams, and who reads one to its end waits for the container's: so
   * none is read, and errors come from the log.
   */
  create(): void {
    this.#call("create", "--bundle", this.#bundle.directory, this.id);
  }

  /** `create` and `start`. */
  start(): void {
    this.create();
    this.#call("start", this.id);
  }

  /** Its process, as the host counts. */
  get pid(): number {
    return this.runtime.state(this.id).pid;
  }

  /** `delete --force`. */
  delete(): void {
    this.#call("delete", "--force", this.id);
  }

  #call(...args: string[]): void {
    const log = `${this.runtime.root}.log`;
    const { code } = new Deno.Command(RUNT, {
      args: ["--root", this.runtime.root, "--log", log, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    const text = Deno.readTextFileSync(log);
    Deno.removeSync(log);
    if (code !== 0) throw new Error(`${args[0]}: exit ${code}: ${text}`);
  }

  [Symbol.dispose](): void {
    this.runtime[Symbol.dispose]();
    this.#bundle[Symbol.dispose]();
    if (this.#cgroupsPath) removeAncestors(resolveCgroup(this.#cgroupsPath));
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

/** Whether there is such a cgroup. */
export function cgroupExists(cgroup: string): boolean {
  try {
    return Deno.lstatSync(CGROUP_ROOT + cgroup).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes the cgroups above one that the runtime has removed, up to the first that others use. */
function removeAncestors(cgroup: string): void {
  for (let path = cgroup.replace(/\/[^/]*$/, ""); path !== ""; path = path.replace(/\/[^/]*$/, "")) {
    try {
      Deno.removeSync(CGROUP_ROOT + path);
    } catch {
      return; // Busy or not empty: it was there before
    }
  }
}
