/**
 * Drives a runtime's executable as its clients do: by its command line.
 *
 * @module
 */

/** What a command came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The executable under test: `RUNT`, or what `deno task build` made. */
export const RUNT = Deno.env.get("RUNT") ?? new URL("../../dist/runt", import.meta.url).pathname;

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options: Deno.CommandOptions = {}): Outcome {
  const output = new Deno.Command(program, { stdin: "null", ...options, args: [...args] }).outputSync();
  const text = (stream: "stdout" | "stderr") =>
    options[stream] === "null" || options[stream] === "inherit"
      ? ""
      : new TextDecoder().decode(output[stream]);
  return { code: output.code, stdout: text("stdout"), stderr: text("stderr") };
}

/** A runtime with a root of its own, which is gone at the end with every container in it. */
export class Runtime implements Disposable {
  readonly root: string;
  #count = 0;

  /** @param program runt, or runc to test the test */
  constructor(readonly program: string = RUNT, readonly globalFlags: readonly string[] = []) {
    this.root = Deno.makeTempDirSync({ prefix: "runt-root-" });
  }

  /** A name that no other container on the host has. */
  newId(): string {
    return `t${Deno.pid}-${this.root.slice(-6)}-${this.#count++}`;
  }

  /** Runs a command of the runtime. */
  call(args: readonly string[], options: Deno.CommandOptions = {}): Outcome {
    return run(this.program, ["--root", this.root, ...this.globalFlags, ...args], options);
  }

  /** As {@linkcode call}, but a failure is an error with all that is known. */
  must(args: readonly string[], options: Deno.CommandOptions = {}): Outcome {
    const outcome = this.call(args, options);
    if (outcome.code !== 0) throw new Error(`${this.program} ${args.join(" ")}: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  /** Runs a bundle in the foreground. */
  run(bundle: string, options: Deno.CommandOptions = {}): Outcome {
    return this.call(["run", "-b", bundle, this.newId()], options);
  }

  /** Makes a container. Its streams are files: the container keeps them, and a pipe would never end. */
  create(bundle: string, id: string, flags: readonly string[] = []): Outcome {
    const output = `${this.root}/.${this.newId()}`, errors = `${output}.err`;
    const script = 'out=$1 err=$2; shift 2; exec "$@" >"$out" 2>"$err"';
    const command = [
      this.program,
      "--root",
      this.root,
      ...this.globalFlags,
      "create",
      "-b",
      bundle,
      ...flags,
      id,
    ];
    const { code } = run("sh", ["-c", script, "sh", output, errors, ...command]);
    const outcome = { code, stdout: Deno.readTextFileSync(output), stderr: Deno.readTextFileSync(errors) };
    Deno.removeSync(output);
    Deno.removeSync(errors);
    return outcome;
  }

  /** `state` as JSON. */
  state(id: string): { status: string; pid: number; bundle: string; ociVersion: string } {
    return JSON.parse(this.must(["state", id]).stdout);
  }

  [Symbol.dispose](): void {
    for (const { name, isDirectory } of Deno.readDirSync(this.root)) {
      if (isDirectory) this.call(["delete", "--force", name]);
    }
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** Waits until something holds. */
export function waitUntil(what: string, holds: () => boolean, seconds = 60): void {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain: ${what}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}
