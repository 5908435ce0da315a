import { BuildError } from "../denort/build_error.ts";

/** Where npm puts Deno's executable, below `node_modules`. */
const PLACES = ["@deno/linux-x64-glibc/deno", "deno/deno"];

/**
 * Finds the executable of npm's `deno` package.
 *
 * @param root the project's directory
 * @throws {BuildError} when it is not installed
 */
export function findDeno(root: string): string {
  for (const place of PLACES) {
    const path = `${root}/node_modules/${place}`;
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new BuildError(
    `Cannot find Deno's executable: none of ${PLACES.join(", ")} in node_modules; run "npm ci"`,
  );
}
