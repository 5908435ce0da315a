/**
 * Mount namespaces of a test's own: what runs there changes nothing of the host's mounts.
 *
 * @module
 */
import { type Outcome, run, RUNT, waitUntil } from "./runtime.ts";

/** Mount namespaces, held by processes that sleep; they are gone at the end. */
export class PrivateMounts implements Disposable {
  readonly #directory = Deno.makeTempDirSync({ prefix: "runt-mounts-" });
  readonly #held: Deno.ChildProcess[] = [];
  /** A process in the first one. */
  readonly pid: number;
  /** An executable that is runt, in the first one. */
  readonly runt: string;

  /** @param script what to do there first, for a shell; the arguments are its `$1` and so on */
  constructor(script: string, ...args: string[]) {
    this.pid = this.#hold("unshare", ["--mount", "--propagation", "private"], script, args);
    this.runt = this.wrap(RUNT);
  }

  /** A copy of the first namespace, whose mounts are peers of those that are shared there. */
  peer(): number {
    const flags = [`--mount=/proc/${this.pid}/ns/mnt`, "unshare", "--mount", "--propagation", "unchanged"];
    return this.#hold("nsenter", flags, "true", []);
  }

  /** mountinfo of a process in one of them. */
  mountinfo(pid = this.pid): string {
    return Deno.readTextFileSync(`/proc/${pid}/mountinfo`);
  }

  /** Runs a shell's script there. */
  sh(script: string, ...args: string[]): Outcome {
    const outcome = run("nsenter", [`--mount=/proc/${this.pid}/ns/mnt`, "sh", "-c", script, "sh", ...args]);
    if (outcome.code !== 0) throw new Error(`${script}: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  /** An executable that runs a program there. */
  wrap(program: string): string {
    const path = `${this.#directory}/${program.split("/").at(-1)}`;
    Deno.writeTextFileSync(
      path,
      `#!/bin/sh\nexec nsenter --mount=/proc/${this.pid}/ns/mnt --wd=. ${program} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    return path;
  }

  #hold(program: string, flags: string[], script: string, args: string[]): number {
    const ready = `${this.#directory}/ready${this.#held.length}`;
    const all = [...flags, "sh", "-c", `{ ${script}\n} && : >${ready} && exec sleep 1000`, "sh", ...args];
    const child = new Deno.Command(program, { args: all, stdin: "null" }).spawn();
    child.unref();
    this.#held.push(child);
    waitUntil("there is a mount namespace", () => {
      try {
        return Deno.statSync(ready).isFile;
      } catch {
        return false;
      }
    });
    return child.pid;
  }

  [Symbol.dispose](): void {
    for (const child of this.#held) child.kill("SIGKILL");
    Deno.removeSync(this.#directory, { recursive: true });
  }
}
