/**
 * Builds the executable where it is missing or older than its sources.
 *
 * @module
 */

/** The folder of the project, with a slash at its end. */
export const REPOSITORY = new URL("../", import.meta.url).pathname;

/** What `deno task build` makes. */
export const EXECUTABLE = `${REPOSITORY}dist/runt`;

/** What it is made of. */
const SOURCES = ["main.ts", "cmd", "libcontainer", "ffi", "tools/build.ts", "tools/build", "tools/denort"];
const VERSIONS = ["deno.json", "package-lock.json"];

/**
 * Runs `deno task build` unless its result is newer than all that it is made of.
 *
 * @returns whether it was built
 * @throws {Error} with the build's own words when it fails
 */
export function ensureBuilt(): boolean {
  const built = modified(EXECUTABLE);
  const isFresh = built > 0 &&
    [...SOURCES, ...VERSIONS].every((path) => newest(`${REPOSITORY}${path}`) <= built);
  if (isFresh) return false;
  const { code, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build"],
    cwd: REPOSITORY,
    stdin: "null",
  }).outputSync();
  if (code !== 0) {
    const text = new TextDecoder();
    throw new Error(`Cannot build ${EXECUTABLE}:\n${text.decode(stdout)}${text.decode(stderr)}`);
  }
  return true;
}

/** When the newest file below a path was changed, in ms since the epoch; 0 where there is none. Tests do not count. */
function newest(path: string): number {
  if (path.endsWith("_test.ts")) return 0;
  const stat = lookAt(path);
  if (!stat?.isDirectory) return stat?.mtime?.getTime() ?? 0;
  return Math.max(0, ...[...Deno.readDirSync(path)].map(({ name }) => newest(`${path}/${name}`)));
}

function modified(path: string): number {
  return lookAt(path)?.mtime?.getTime() ?? 0;
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
