/**
 * Makes the code caches: runs the commands of a container's life once with a training executable, which writes down
 * what V8 compiled for each. A command that cannot run on the building host (no root, no namespaces) leaves what was
 * compiled until it failed, which is still right, only less.
 *
 * @module
 */
import { BuildError } from "../denort/build_error.ts";
import { NO_COMMAND } from "../denort/loader.ts";
import { writeTrainingBundle } from "./training_bundle.ts";

/** The code cache of a command. */
export interface CodeCache {
  /** The command's name, or {@linkcode NO_COMMAND}. */
  readonly command: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The result of training. */
export interface Training {
  readonly caches: readonly CodeCache[];
  /** Commands that did not succeed, and their last words. */
  readonly failures: readonly string[];
}

/** Longest time for a command, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Trains.
 *
 * @param executable the training executable
 * @param directory a directory to work in
 * @throws {BuildError} when the executable cannot even print its version
 */
export async function trainCommands(executable: string, directory: string): Promise<Training> {
  const caches: CodeCache[] = [], failures: string[] = [], bundles = writeTrainingBundle(directory);
  const id = `runt-build-${Deno.pid}`, root = `${directory}/state`;
  const train = async (command: string, ...args: readonly string[]) => {
    const log = `${directory}/${command}.log`;
    const words = command === NO_COMMAND ? args : ["--root", root, "--log", log, command, ...args];
    const { cache, failure } = await runTraining(executable, words, `${directory}/${command}.cache`, log);
    if (failure !== undefined) failures.push(`${command}: ${failure}`);
    if (cache !== undefined) caches.push({ command, bytes: cache });
  };
  try {
    await train(NO_COMMAND, "--version");
    if (failures.length > 0) throw new BuildError(`Cannot build: the new executable fails: ${failures[0]}`);
    await train("run", "--bundle", bundles.short, `${id}-run`);
    await train("create", "--bundle", bundles.long, id);
    // Those would be given before there is any code to cache.
    removeAnswers(`${root}/${id}`);
    await train("start", id);
    await train("state", id);
    await train("exec", id, "true");
    await train("kill", id, "KILL");
    await waitUntilStopped(executable, root, id);
    await train("delete", id);
  } finally {
    for (const left of [id, `${id}-run`]) {
      await runQuietly(executable, ["--root", root, "delete", "--force", left]);
    }
  }
  return { caches, failures };
}

function removeAnswers(directory: string): void {
  try {
    for (const { name } of Deno.readDirSync(directory)) {
      if (name.endsWith(".answer")) Deno.removeSync(`${directory}/${name}`);
    }
  } catch { /* create has failed, and been noted */ }
}

async function runTraining(
  executable: string,
  args: readonly string[],
  output: string,
  log: string,
): Promise<{ cache: Uint8Array<ArrayBuffer> | undefined; failure: string | undefined }> {
  const code = await runQuietly(executable, args, { RUNT_TRAIN_OUT: output });
  let failure = code === 0 ? undefined : lastLine(log) ?? `exit code ${code}`;
  const cache = readIfThere(output);
  if (cache === undefined) failure ??= "no code cache was written";
  else if (await runQuietly(executable, args, { RUNT_TRAIN_IN: output }) !== 0) {
    return { cache: undefined, failure: "V8 does not accept its code cache" };
  }
  return { cache, failure };
}

/** A killed container takes a moment to be gone. */
async function waitUntilStopped(executable: string, root: string, id: string): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const { stdout } = await new Deno.Command(executable, {
      args: ["--root", root, "state", id],
      stderr: "null",
    }).output();
    if (!/"status": *"(running|created)"/.test(new TextDecoder().decode(stdout))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs a command with no pipe of ours: a container would keep it open. Returns the exit code. */
async function runQuietly(
  executable: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  const child = new Deno.Command(executable, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  const { code } = await child.status;
  clearTimeout(timer);
  return code;
}

/** The last line of a log file, if there is one. */
function lastLine(path: string): string | undefined {
  const bytes = readIfThere(path);
  return bytes && new TextDecoder().decode(bytes).trim().split("\n").at(-1);
}

function readIfThere(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
