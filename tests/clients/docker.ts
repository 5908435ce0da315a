/**
 * Docker's daemon, with a directory of its own that is gone afterwards, and `docker`, which tells it what to do.
 *
 * @module
 */
import { makeRootfs } from "../support/bundle.ts";
import { type Lack, program } from "../support/needs.ts";
import { type Outcome, run, waitUntil } from "../support/runtime.ts";

/** Where `tools/bootstrap` puts Docker: it is not installed, for a host's daemon would start and change its firewall. */
const UNPACKED = new URL("../../.docker", import.meta.url).pathname;

/** Docker, unpacked or installed. */
export const docker: Lack = () => program(dockerProgram("dockerd"))();

function dockerProgram(name: "docker" | "dockerd"): string {
  const unpacked = `${UNPACKED}/usr/${name === "docker" ? "bin" : "sbin"}/${name}`;
  return program(unpacked)() === undefined ? unpacked : name;
}

/** A daemon that runs, with one image: busybox. */
export class Docker implements Disposable {
  readonly #directory: string;
  readonly #daemon: Deno.ChildProcess;
  readonly #runtime: string;

  /** @param runtime runt, or another to test the test */
  constructor(runtime: string) {
    const directory = Deno.makeTempDirSync({ prefix: "runt-docker-" });
    this.#directory = directory;
    this.#runtime = runtime === "runc" ? "runc" : "tested";
    const flags = [
      ...["--data-root", `${directory}/data`, "--exec-root", `${directory}/exec`],
      ...[
        "--pidfile",
        `${directory}/pid`,
        "--host",
        this.#socket,
        "--config-file",
        `${directory}/config.json`,
      ],
      ...[
        "--iptables=false",
        "--bridge=none",
        "--storage-driver=vfs",
        "--cgroup-parent=/runt-docker",
      ],
      ...(runtime === "runc" ? [] : ["--add-runtime", `tested=${runtime}`]),
    ];
    const config = { "deprecated-key-path": `${directory}/key.json` };
    Deno.writeTextFileSync(`${directory}/config.json`, JSON.stringify(config));
    // Shims inherit its streams, and outlive it.
    const script = 'log=$1; shift; exec "$@" > "$log" 2>&1 < /dev/null';
    this.#daemon = new Deno.Command("sh", {
      args: ["-c", script, "sh", `${directory}/log`, dockerProgram("dockerd"), ...flags],
    }).spawn();
    try {
      waitUntil("dockerd answers", () => this.call(["version"]).code === 0, 30);
      makeRootfs(`${directory}/rootfs`);
      run("tar", ["-C", `${directory}/rootfs`, "-cf", `${directory}/image.tar`, "."]);
      const { code, stderr } = this.call(["import", `${directory}/image.tar`, "busybox"]);
      if (code !== 0) throw new Error(`docker import: ${stderr}`);
    } catch (error) {
      const log = Deno.readTextFileSync(`${directory}/log`);
      this[Symbol.dispose]();
      throw new Error(`${(error as Error).message}\n${log}`, { cause: error });
    }
  }

  get #socket(): string {
    return `unix://${this.#directory}/docker.sock`;
  }

  /** Runs a command of docker's, and gives it half a minute. */
  call(args: readonly string[]): Outcome {
    const { code, stdout, stderr } = run("timeout", [
      ...["-k", "5", "30", dockerProgram("docker"), "--host", this.#socket, ...args],
    ], { env: { DOCKER_CONFIG: this.#directory } });
    return { code, stdout, stderr };
  }

  /** `run` of a shell script, without a network. */
  run(flags: readonly string[], ...command: readonly string[]): Outcome {
    const usual = ["--runtime", this.#runtime, "--network", "none", "--env", "PATH=/bin"];
    return this.call(["run", ...usual, ...flags, "busybox", ...command]);
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ids = this.call(["ps", "--all", "--quiet"]).stdout.split("\n").filter(Boolean);
    if (ids.length > 0) this.call(["rm", "--force", ...ids]);
    this[Symbol.dispose]();
    await this.#daemon.status;
    // What it has made for itself.
    run("sh", [
      "-c",
      'umount -l "$0"/exec/netns/* 2> /dev/null; rmdir /sys/fs/cgroup/*/runt-docker 2> /dev/null',
      this.#directory,
    ]);
    Deno.removeSync(this.#directory, { recursive: true });
  }

  [Symbol.dispose](): void {
    this.#daemon.kill("SIGTERM");
  }
}
