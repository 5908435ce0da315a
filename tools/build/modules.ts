/**
 * How the bundler finds modules: as Deno does, by `deno.json`'s import map, and apart by what is hot.
 *
 * @module
 */
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { BuildError } from "../denort/build_error.ts";

/** Specifiers as they stand in an import map. */
export type ImportMap = Readonly<Record<string, string>>;

/** Reads `imports` of a `deno.json` (JSON with `//` comments on lines of their own). */
export function readImportMap(text: string): ImportMap {
  const plain = text.split("\n").filter((line) => !line.trimStart().startsWith("//")).join("\n");
  return (JSON.parse(plain) as { imports?: ImportMap }).imports ?? {};
}

/**
 * What a bare specifier stands for by the import map: a file (`./…`), or a package in `node_modules`.
 *
 * @throws {BuildError} for a registry that the build does not reach
 */
export function mapSpecifier(map: ImportMap, specifier: string): string {
  const target = map[specifier];
  if (target === undefined || target.startsWith("./")) return target ?? specifier;
  if (target.startsWith("node:")) return target;
  const npm = /^npm:((?:@[^/]+\/)?[^@/]+)(?:@[^/]*)?(\/.*)?$/.exec(target);
  if (npm === null) throw new BuildError(`Cannot bundle "${specifier}": ${target} is not in node_modules`);
  return npm[1]! + (npm[2] ?? "");
}

/** What becomes of an import. */
export type Routing = (
  path: string,
  kind: OnResolveArgs["kind"],
  importer: string,
) => OnResolveResult | undefined;

/** Stops a plugin from asking itself. */
const RESOLVED = Symbol("resolved");

/**
 * An esbuild plugin that resolves every import, and lets `route` decide what becomes of those that are files.
 *
 * @param route gets the file's absolute path; what it returns replaces the resolution
 */
export function routeModules(map: ImportMap, root: string, route: Routing): Plugin {
  return {
    name: "modules",
    setup(build: PluginBuild) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === RESOLVED || args.kind === "entry-point" || args.namespace !== "file") return;
        if (args.path.startsWith("runt:")) return;
        const mapped = mapSpecifier(map, args.path);
        if (mapped.startsWith("node:")) return { path: mapped, external: true };
        const resolveDir = mapped === args.path ? args.resolveDir : root;
        const found = await build.resolve(mapped, { kind: args.kind, resolveDir, pluginData: RESOLVED });
        if (found.errors.length > 0 || found.external) return found;
        return route(found.path, args.kind, args.importer) ?? { path: found.path };
      });
    },
  };
}

/** An esbuild plugin for one module that is written by the build. */
export function virtualModule(specifier: string, contents: string, resolveDir: string): Plugin {
  return {
    name: specifier,
    setup(build: PluginBuild) {
      build.onResolve({ filter: /^runt:/ }, (args) => {
        if (args.path === specifier) return { path: specifier, namespace: "virtual" };
      });
      build.onLoad(
        { filter: /.*/, namespace: "virtual" },
        () => ({ contents, resolveDir, loader: "ts" as Loader }),
      );
    },
  };
}
