/**
 * containerd, with a directory of its own that is gone afterwards, and `ctr`, which tells it what to do.
 *
 * @module
 */
import { makeRootfs } from "../support/bundle.ts";
import { type Outcome, run, waitUntil } from "../support/runtime.ts";

/** Nothing but what containers need: no Kubernetes, no file systems that a host may not have. */
const DISABLED = ["grpc.v1.cri", "snapshotter.v1.aufs", "snapshotter.v1.btrfs", "snapshotter.v1.zfs"];

/** A containerd that runs. */
export class Containerd implements Disposable {
  readonly #directory: string;
  readonly #daemon: Deno.ChildProcess;
  readonly #runtime: string;

  /** @param runtime runt, or another to test the test */
  constructor(runtime: string) {
    const directory = Deno.makeTempDirSync({ prefix: "runt-containerd-" });
    this.#directory = directory;
    this.#runtime = runtime;
    makeRootfs(this.rootfs);
    const config = [
      "version = 2",
      `root = "${directory}/root"`,
      `state = "${directory}/state"`,
      `disabled_plugins = ${JSON.stringify(DISABLED.map((name) => `io.containerd.${name}`))}`,
      `[grpc]\naddress = "${this.#socket}"`,
      "",
    ];
    Deno.writeTextFileSync(`${directory}/config.toml`, config.join("\n"));
    // Shims inherit its streams, and outlive it.
    const script = 'exec containerd --config "$0/config.toml" > "$0/log" 2>&1 < /dev/null';
    this.#daemon = new Deno.Command("sh", { args: ["-c", script, directory] }).spawn();
    waitUntil("containerd answers", () => this.call(["version"]).code === 0, 30);
  }

  /** The root of its containers. */
  get rootfs(): string {
    return `${this.#directory}/rootfs`;
  }

  get #socket(): string {
    return `${this.#directory}/containerd.sock`;
  }

  /** Runs a command of ctr's, and gives it half a minute. */
  call(args: readonly string[]): Outcome {
    return run("timeout", ["-k", "5", "30", "ctr", "--address", this.#socket, ...args]);
  }

  /** `run` of a shell script, in the foreground of one that takes a moment: ctr leaves out what it had not begun to read. */
  run(id: string, flags: readonly string[], script: string): Outcome {
    const runtime = ["--runc-binary", this.#runtime, "--env", "PATH=/bin", "--rootfs"];
    return this.call(["run", ...runtime, ...flags, this.rootfs, id, "sh", "-c", `usleep 100000; ${script}`]);
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    const list = (what: string) => this.call([what, "ls", "-q"]).stdout.split("\n").filter(Boolean);
    for (const id of list("task")) this.call(["task", "delete", "--force", id]);
    for (const id of list("container")) this.call(["container", "delete", id]);
    this[Symbol.dispose]();
    await this.#daemon.status;
    Deno.removeSync(this.#directory, { recursive: true });
  }

  [Symbol.dispose](): void {
    this.#daemon.kill("SIGTERM");
  }
}
