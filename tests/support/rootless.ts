/**
 * Runtimes run by a normal user: one that no host has, known only in mount namespaces of these tests, with ranges of
 * subordinate ids.
 *
 * @module
 */
import { type Bundle, type Config, makeRootfs } from "./bundle.ts";
import type { Lack } from "./needs.ts";
import { run, RUNT, Runtime } from "./runtime.ts";
import { exampleSpec } from "../../libcontainer/spec/example.ts";

/** The user. */
export const USER = 61234;
/** The first of his subordinate ids, and how many there are. */
export const SUBORDINATE = 700_000, COUNT = 65536;

/** Needs user namespaces that a normal user may make. */
export const userNamespaces: Lack = () =>
  run("setpriv", [
      "--reuid",
      String(USER),
      "--regid",
      String(USER),
      "--clear-groups",
      "unshare",
      "-Ur",
      "true",
    ])
      .code === 0
    ? undefined
    : "needs user namespaces for normal users";

/** A directory with a program in it for each runtime, which that user runs. */
export class NormalUser implements Disposable {
  readonly directory: string;

  constructor() {
    this.directory = Deno.makeTempDirSync({ prefix: "runt-rootless-" });
    Deno.chmodSync(this.directory, 0o755);
    const write = (name: string, text: string, mode = 0o644) => {
      Deno.writeTextFileSync(`${this.directory}/${name}`, text, { mode });
      Deno.chmodSync(`${this.directory}/${name}`, mode);
    };
    write(
      "passwd",
      Deno.readTextFileSync("/etc/passwd") + `runttest:x:${USER}:${USER}::/nonexistent:/bin/sh\n`,
    );
    write("group", `${Deno.readTextFileSync("/etc/group")}runttest:x:${USER}:\n`);
    for (const name of ["subuid", "subgid"]) write(name, `runttest:${SUBORDINATE}:${COUNT}\n`);
    write(
      "as-user",
      `#!/bin/sh
exec unshare --mount sh -c '
d=$1; shift
mount --bind $d/passwd /etc/passwd
mount --bind $d/group /etc/group
for f in subuid subgid; do [ -e /etc/$f ] && mount --bind $d/$f /etc/$f; done
exec setpriv --reuid ${USER} --regid ${USER} --clear-groups env HOME=$d/home XDG_RUNTIME_DIR=$d/run "$@"
' sh ${this.directory} "$@"
`,
      0o755,
    );
    for (const name of ["run", "home"]) {
      Deno.mkdirSync(`${this.directory}/${name}`, { mode: 0o700 });
      Deno.chownSync(`${this.directory}/${name}`, USER, USER);
    }
  }

  /** A runtime that is run by the user. */
  runtime(program = RUNT, globalFlags: readonly string[] = []): Runtime {
    const script = `${this.directory}/${program.split("/").at(-1)}`;
    Deno.writeTextFileSync(script, `#!/bin/sh\nexec ${this.directory}/as-user ${program} "$@"\n`);
    Deno.chmodSync(script, 0o755);
    const runtime = new Runtime(script, globalFlags);
    Deno.chownSync(runtime.root, USER, USER);
    return runtime;
  }

  /** Runs any program as the user. */
  run(args: readonly string[], options: Deno.CommandOptions = {}) {
    return run(`${this.directory}/as-user`, args, options);
  }

  /** A bundle of the user's, with what `runt spec --rootless` writes. */
  bundle(change: (config: Config) => void = () => {}): Bundle {
    const directory = Deno.makeTempDirSync({ prefix: "runt-bundle-" }), rootfs = `${directory}/rootfs`;
    Deno.chmodSync(directory, 0o755);
    makeRootfs(rootfs);
    run("chown", ["-R", `${USER}:${USER}`, directory]);
    const update = (change: (config: Config) => void) => {
      const config: Config = structuredClone(exampleSpec({ rootless: true, uid: USER, gid: USER }));
      config.process.terminal = false;
      change(config);
      Deno.writeTextFileSync(`${directory}/config.json`, JSON.stringify(config));
      Deno.chmodSync(`${directory}/config.json`, 0o644);
    };
    update(change);
    return {
      directory,
      rootfs,
      update,
      [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** Maps a whole range of the user's ids, himself as root. */
export function mapRange({ linux }: Config): void {
  linux.uidMappings = linux.gidMappings = [
    { containerID: 0, hostID: USER, size: 1 },
    { containerID: 1, hostID: SUBORDINATE, size: COUNT },
  ];
}
