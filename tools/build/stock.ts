import * as esbuild from "esbuild";
import { BuildError } from "../denort/build_error.ts";
import { routeModules } from "./modules.ts";
import type { Program } from "./slices.ts";

/**
 * Bundles a program for Deno's own runtime: ordinary modules, one for each thing that is loaded when asked for.
 *
 * @param directory where they are written
 * @returns the path of the first
 * @throws {BuildError} with the bundler's messages
 */
export async function bundleForStock(program: Omit<Program, "hot">, directory: string): Promise<string> {
  try {
    await esbuild.build({
      absWorkingDir: program.root,
      entryPoints: [program.main],
      outdir: directory,
      entryNames: "runt",
      chunkNames: "[name]-[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "esnext",
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: "none",
      logLevel: "silent",
      define: program.define,
      plugins: [routeModules(program.imports, program.root, () => undefined)],
    });
  } catch (error) {
    throw new BuildError(`Cannot bundle: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  return `${directory}/runt.js`;
}
