/**
 * podman, with storage of its own that is gone afterwards.
 *
 * @module
 */
import { makeRootfs } from "../support/bundle.ts";
import { type Outcome, run, RUNT, waitUntil } from "../support/runtime.ts";

/** The image's name: busybox. */
export const IMAGE = "localhost/runt-test";

/**
 * What a container needs on any host: limits that are not above those of a host whose root may not raise them.
 */
export const RUN_FLAGS = [
  "--ulimit",
  "nofile=1024:1024",
  "--ulimit",
  "nproc=4096:4096",
];

/** The same, where there is no flag: a pod's infra container. */
const CONFIG = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n';

/** podman on a runtime. */
export class Podman implements Disposable {
  readonly #directory: string;
  readonly #flags: readonly string[];
  /** Path of the runtime. */
  readonly runtime: string;

  /**
   * @param runtime runt, or another to test the test
   * @param flags podman's own
   * @param options `asRunc`: by the name of runc, since podman asks only runtimes that it knows for a log it can read
   */
  constructor(runtime: string = RUNT, flags: readonly string[] = [], { asRunc = false } = {}) {
    const directory = Deno.makeTempDirSync({ prefix: "runt-podman-" });
    this.#directory = directory;
    this.runtime = asRunc ? `${directory}/runc` : runtime;
    if (asRunc) Deno.symlinkSync(run("sh", ["-c", `command -v ${runtime}`]).stdout.trim(), this.runtime);
    Deno.writeTextFileSync(`${directory}/containers.conf`, CONFIG);
    this.#flags = [
      ...["--root", `${directory}/root`, "--runroot", `${directory}/run`, "--tmpdir", `${directory}/tmp`],
      // No overlay, no journald, no systemd: what every host has.
      ...["--storage-driver", "vfs", "--events-backend", "file", "--cgroup-manager", "cgroupfs"],
      ...["--network-config-dir", `${directory}/networks`, "--runtime", this.runtime],
      ...flags,
    ];
    makeRootfs(`${directory}/rootfs`);
    run("tar", ["-C", `${directory}/rootfs`, "-cf", `${directory}/image.tar`, "."]);
    this.must(["import", "--quiet", `${directory}/image.tar`, IMAGE]);
  }

  /** Runs a command of podman's, and gives it a minute. */
  call(args: readonly string[]): Outcome {
    const [program, options] = this.inShell(args);
    return run(program, options.args!, options);
  }

  /**
   * The same, to be run otherwise. In a directory of its own: conmon leaves a file where it was when memory ran out.
   *
   * @param before shell commands, such as one that opens descriptors
   */
  inShell(args: readonly string[], before = ""): [program: string, options: Deno.CommandOptions] {
    const env = { CONTAINERS_CONF: `${this.#directory}/containers.conf` };
    const command = ["timeout", "-k", "5", "60", "podman", ...this.#flags, ...args];
    return ["bash", { args: ["-c", `${before} exec "$@"`, "bash", ...command], env, cwd: this.#directory }];
  }

  /** A command of podman's, to be run by somebody else. */
  command(args: readonly string[]): [program: string, ...args: string[]] {
    return ["/usr/bin/env", "podman", ...this.#flags, ...args];
  }

  /** As {@linkcode call}, but a failure is an error. What it printed, without white space around. */
  must(args: readonly string[]): string {
    const outcome = this.call(args);
    if (outcome.code !== 0) throw new Error(`podman ${args.join(" ")}: ${JSON.stringify(outcome)}`);
    return outcome.stdout.trim();
  }

  /** `run` of the image. */
  run(flags: readonly string[], command: readonly string[]): Outcome {
    return this.call(["run", ...RUN_FLAGS, ...flags, IMAGE, ...command]);
  }

  /** What `inspect` says of a container, by a Go template. */
  inspect(id: string, template: string): string {
    return this.must(["inspect", "--format", template, id]);
  }

  [Symbol.dispose](): void {
    this.call(["rm", "--all", "--force", "--time", "0"]);
    this.call(["network", "prune", "--force"]);
    // What podman does after an exec may still be at it.
    waitUntil("podman has left its directory", () => {
      try {
        Deno.removeSync(this.#directory, { recursive: true });
        return true;
      } catch (error) {
        if (/os error (16|39)/.test(String(error))) return false;
        throw error;
      }
    });
  }
}
