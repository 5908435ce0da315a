/**
 * Builds `dist/runt`, one executable that needs nothing beside it. DESIGN.md section 9 says how.
 *
 * ```text
 * deno task build [--stock] [--no-prelink] [--no-cache] [--main FILE] [--output FILE]
 * ```
 *
 * `--main` packs another program than runt, as tests of the packing do; it has no code caches.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { compileScript } from "./build/compile.ts";
import { findDeno } from "./build/find_deno.ts";
import { readImportMap } from "./build/modules.ts";
import { type Edition, type JoinedProgram, sliceEditions } from "./build/editions.ts";
import type { Program } from "./build/slices.ts";
import { bundleForStock } from "./build/stock.ts";
import { type CodeCache, trainCommands } from "./build/train.ts";
import { BuildError } from "./denort/build_error.ts";
import { exposeOps } from "./denort/expose_ops.ts";
import { makeLoader, makeTrainingLoader, NO_COMMAND } from "./denort/loader.ts";
import { drawBase, prelink } from "./denort/prelink.ts";
import { addSegment, aimAtScript, placeBlobs } from "./denort/segment.ts";

const ROOT = new URL("..", import.meta.url).pathname.slice(0, -1);

/** Commands that start once for each container: each has an edition of its own, with a code cache. */
const HOT = ["create", "start", "run", "exec", "state", "kill", "delete"];

/** Engines give every container a seccomp profile, so its compiler is no rarely needed part. */
const COMPILER = ["libcontainer/security/seccomp/compile.ts"];

/** What a command loads when asked for, and yet belongs into its edition. */
const ALSO: Readonly<Record<string, readonly string[]>> = { create: COMPILER, run: COMPILER, exec: COMPILER };

/** What is there for all other command lines; a version is what callers ask for. */
const FIRST: Edition = { command: NO_COMMAND, hot: ["cmd/_version.ts"] };

/** Deno's whole command line before the caller's own arguments, but for the loader. */
const ARGUMENTS = [
  "deno",
  "run",
  "-A",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--no-code-cache",
];

/**
 * V8's flags, for a process that lives for milliseconds: no stack traces until somebody asks for them (`--debug`), so
 * that no table of source positions has to be there for them, no threads of V8's own, no middle compilers, and room enough that nothing is collected.
 */
const V8_FLAGS = [
  "--stack-trace-limit=0",
  "--single-threaded",
  "--no-sparkplug",
  "--no-maglev",
  "--min-semi-space-size=4",
].join();

/**
 * A directory that cannot exist, nor be made: it would be below the dynamic loader, without whose file nothing here
 * would run.
 */
const NO_DIRECTORY = "/lib64/ld-linux-x86-64.so.2/0";

/**
 * All of the environment that Deno sees while it starts: no cache is written, and no `.npmrc` is read (from a HOME
 * where there can be none; one that cannot be looked into stops Deno).
 */
const VARIABLES = [
  `DENO_DIR=${NO_DIRECTORY}`,
  "DENO_NO_UPDATE_CHECK=1",
  // On a terminal it would complain that it cannot keep its caches.
  "DENO_LOG=error,deno::cache=off",
  "HOME=/proc",
  "NO_COLOR=1",
];

interface Options {
  readonly stock: boolean;
  readonly prelink: boolean;
  readonly cache: boolean;
  /** The program's first module, relative to the root. */
  readonly main: string;
  readonly output: string;
}

const MAIN = "main.ts";

function readOptions(args: readonly string[]): Options {
  const rest = [...args];
  const has = (flag: string) => {
    const at = rest.indexOf(flag);
    return at >= 0 && rest.splice(at, 1).length > 0;
  };
  const valueOf = (flag: string, otherwise: string) => {
    const at = rest.indexOf(flag);
    return at >= 0 && at + 1 < rest.length ? rest.splice(at, 2)[1]! : otherwise;
  };
  const stock = has("--stock"), noPrelink = has("--no-prelink"), noCache = has("--no-cache");
  const main = valueOf("--main", MAIN), output = valueOf("--output", "dist/runt");
  if (rest.length > 0) throw new BuildError(`Cannot build: bad argument "${rest[0]}"`);
  return {
    stock,
    prelink: !noPrelink,
    cache: !noCache && main === MAIN,
    main,
    output: output.startsWith("/") ? output : `${ROOT}/${output}`,
  };
}

/** What `git describe` says of the commit; nothing outside of a repository. */
async function describeCommit(): Promise<string> {
  try {
    const { code, stdout } = await new Deno.Command("git", {
      args: ["describe", "--always", "--dirty", "--abbrev=12"],
      cwd: ROOT,
      stderr: "null",
    }).output();
    return code === 0 ? new TextDecoder().decode(stdout).trim() : "";
  } catch {
    return ""; // no git
  }
}

async function readProgram(main: string): Promise<Omit<Program, "hot">> {
  return {
    root: ROOT,
    main,
    imports: readImportMap(Deno.readTextFileSync(`${ROOT}/deno.json`)),
    define: { RUNT_COMMIT: JSON.stringify(await describeCommit()) },
  };
}

/** Puts a program into a copy of Deno's executable. */
async function assemble(
  deno: { path: string; image: Uint8Array<ArrayBuffer> },
  program: JoinedProgram,
  loader: string,
  blobs: readonly Uint8Array[],
  output: string,
  directory: string,
): Promise<void> {
  const denort = `${directory}/denort`, script = `${directory}/script/runt.js`;
  const start = { arguments: [...ARGUMENTS, `--v8-flags=${V8_FLAGS}`, loader], variables: VARIABLES };
  Deno.writeFileSync(denort, addSegment(deno.image, start, blobs), { mode: 0o755 });
  Deno.mkdirSync(`${directory}/script`, { recursive: true });
  Deno.writeTextFileSync(script, program.script);
  await compileScript({ deno: deno.path, script, output, denort });
  const bytes = Deno.readFileSync(output);
  aimAtScript(bytes, {
    bytes: new TextEncoder().encode(program.script),
    main: program.main,
    ends: program.ends,
  });
  Deno.writeFileSync(output, bytes);
}

async function buildOwn(options: Options, directory: string): Promise<string[]> {
  const editions = HOT.map((command) => ({ command, hot: [`cmd/${command}.ts`, ...(ALSO[command] ?? [])] }));
  // Without caches nothing is gained by more than one.
  const program = await sliceEditions(await readProgram(options.main), [
    options.main === MAIN ? FIRST : { ...FIRST, hot: [] },
    ...(options.cache ? editions : []),
  ]);
  const path = findDeno(ROOT);
  const image = Deno.readFileSync(path), deno = { path, image }, report: string[] = [];
  if (options.prelink) {
    const base = drawBase(), { applied, kept } = prelink(image, base);
    report.push(
      `prelinked at 0x${base.toString(16)}: ${applied} relocations applied, ${kept} left to the loader`,
    );
  }
  let caches: readonly CodeCache[] = [];
  if (options.cache) {
    exposeOps(image);
    const training = `${directory}/training`, executable = `${training}/runt`;
    Deno.mkdirSync(training);
    await assemble(deno, program, makeTrainingLoader(program.places), [], executable, directory);
    const result = await trainCommands(executable, training);
    caches = result.caches;
    for (const failure of result.failures) report.push(`code cache is not complete for ${failure}`);
    report.push(
      `code caches: ${
        caches.map(({ command, bytes }) => `${command} ${kilobytes(bytes.length)}`).join(", ")
      }`,
    );
  }
  const blobs = caches.map(({ bytes }) => bytes), places = placeBlobs(blobs.map((blob) => blob.length));
  const loader = makeLoader(program.places.map((place) => {
    const index = caches.findIndex(({ command }) => command === place.command);
    return index < 0 ? place : { ...place, cache: { at: places[index]!, size: blobs[index]!.length } };
  }));
  const output = `${directory}/runt`;
  await assemble(deno, program, loader, blobs, output, directory);
  Deno.renameSync(output, options.output);
  report.push(`main slices: ${program.sizes.map(([name, size]) => `${name} ${kilobytes(size)}`).join(", ")}`);
  return report;
}

async function buildStock(options: Options, directory: string): Promise<string[]> {
  const script = await bundleForStock(await readProgram(options.main), `${directory}/script`),
    output = `${directory}/runt`;
  await compileScript({ deno: findDeno(ROOT), script, output, denort: Deno.env.get("DENORT_BIN") });
  Deno.renameSync(output, options.output);
  return ["made with Deno's own runtime"];
}

function kilobytes(size: number): string {
  return `${(size / 1024).toFixed(1)}K`;
}

function print(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function build(args: readonly string[]): Promise<void> {
  const start = performance.now(), options = readOptions(args);
  const folder = options.output.slice(0, options.output.lastIndexOf("/"));
  Deno.mkdirSync(folder, { recursive: true });
  // Beside the result, so that it gets there by rename: one that is running is never written to.
  const directory = Deno.makeTempDirSync({ dir: folder, prefix: ".build-" });
  try {
    const report = await (options.stock ? buildStock : buildOwn)(options, directory);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    for (const line of report) print(line);
    print(`${options.output}: ${kilobytes(Deno.statSync(options.output).size)} in ${seconds} s`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
    await esbuild.stop();
  }
}

if (import.meta.main) {
  try {
    await build(Deno.args);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    print(error.message);
    Deno.exit(1);
  }
}
