/**
 * A container that runs, for tests of what is done to one.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Config, makeBundle } from "./bundle.ts";
import { type Outcome, RUNT, Runtime } from "./runtime.ts";

/** A container that runs; it and its runtime's root are gone at the end. */
export interface RunningContainer extends Disposable {
  readonly runtime: Runtime;
  readonly id: string;
  /** Of its init, on the host. */
  readonly pid: number;
  readonly rootfs: string;
  /** The bundle's. */
  readonly directory: string;
  /** `exec` with arguments in which `ID` is its name. */
  exec(...args: readonly string[]): Outcome;
}

/**
 * Starts a container that sleeps.
 *
 * @param change what to change in the config
 * @param runtimeProgram runt, or runc to compare with
 */
export function startContainer(
  change: (config: Config) => void = () => {},
  runtimeProgram = RUNT,
): RunningContainer {
  const bundle = makeBundle((config) => {
    config.process.args = ["sleep", "1000"];
    change(config);
  });
  const runtime = new Runtime(runtimeProgram), id = runtime.newId();
  const made = runtime.create(bundle.directory, id);
  assertEquals(made.code, 0, made.stderr);
  runtime.must(["start", id]);
  return {
    runtime,
    id,
    pid: runtime.state(id).pid,
    rootfs: bundle.rootfs,
    directory: bundle.directory,
    exec: (...args) => runtime.call(["exec", ...args.map((arg) => arg === "ID" ? id : arg)]),
    [Symbol.dispose]() {
      runtime[Symbol.dispose]();
      bundle[Symbol.dispose]();
    },
  };
}

/** Its cgroup's directories by controller, as its state says. */
export function cgroupPaths({ runtime, id }: RunningContainer): Record<string, string> {
  return JSON.parse(Deno.readTextFileSync(`${runtime.root}/${id}/state.json`)).cgroup_paths;
}
