/**
 * The project's own source files and what they import.
 *
 * @module
 */

/** How a module is imported: at start-up, when the line runs, or only for its types. */
export type ImportKind = "static" | "dynamic" | "type";

/** One import of a module. */
export interface Import {
  /** Path below the project's folder, or the specifier of a package. */
  readonly target: string;
  readonly kind: ImportKind;
}

/** A source file. */
export interface Module {
  /** Path below the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** The project's folder, with a slash behind it. */
export const ROOT: string = new URL("../..", import.meta.url).pathname;

/** Every file below some folders of the project whose name ends so, sorted. */
export function listFiles(folders: readonly string[], ending: string): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(ROOT + folder)) {
      if (isDirectory) walk(`${folder}/${name}`);
      else if (name.endsWith(ending)) found.push(`${folder}/${name}`);
    }
  };
  for (const folder of folders) {
    if (folder.endsWith(ending)) found.push(folder);
    else walk(folder);
  }
  return found.sort();
}

/** Reads the imports out of a module's text, as `deno fmt` writes them. */
export function readImports(path: string, text: string): Import[] {
  // Comments go, and with them what they say of imports; a string keeps its `//`.
  const code = text.replaceAll(/\/\*.*?\*\/|^\s*\/\/.*?$/gms, "");
  const statements = /^(?:import|export)\s+(type\s)?([^;"'=]*?from\s+)?"([^"]+)"/gm;
  const calls = /(typeof\s+)?\bimport\("([^"]+)"\)/g;
  return [
    ...[...code.matchAll(statements)].map(([, type, names, specifier]): Import => {
      // `import { type A, type B } from` is for types alone, too: the compiler leaves an empty import behind.
      return { target: resolve(path, specifier!), kind: type && names ? "type" : "static" };
    }),
    ...[...code.matchAll(calls)].map(([, type, specifier]): Import => {
      return { target: resolve(path, specifier!), kind: type ? "type" : "dynamic" };
    }),
  ];
}

function resolve(path: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Every module of the project, by its path; tests are among them. */
export function readModules(): Map<string, Module> {
  const paths = listFiles(["main.ts", "cmd", "libcontainer", "ffi", "tests", "tools"], ".ts");
  return new Map(paths.map((path) => {
    const text = Deno.readTextFileSync(ROOT + path);
    return [path, { path, text, imports: readImports(path, text) }];
  }));
}

/** Modules that import one another in a circle, types apart; one list for each circle. */
export function findCycles(modules: ReadonlyMap<string, Module>): string[][] {
  const cycles: string[][] = [], done = new Set<string>(), stack: string[] = [];
  const visit = (path: string) => {
    const at = stack.indexOf(path);
    if (at >= 0) return void cycles.push([...stack.slice(at), path]);
    if (done.has(path)) return;
    stack.push(path);
    for (const { target, kind } of modules.get(path)?.imports ?? []) if (kind === "static") visit(target);
    stack.pop();
    done.add(path);
  };
  for (const path of modules.keys()) visit(path);
  return cycles;
}

/**
 * Everything that is loaded when a module is, with the way there.
 *
 * @param follow which imports at run time (`import()`) count as well
 */
export function reachableFrom(
  start: string,
  modules: ReadonlyMap<string, Module>,
  follow: (from: string, target: string) => boolean,
): Map<string, string[]> {
  const ways = new Map<string, string[]>([[start, [start]]]);
  for (const [path, way] of ways) {
    for (const { target, kind } of modules.get(path)?.imports ?? []) {
      if (kind === "type" || (kind === "dynamic" && !follow(path, target)) || ways.has(target)) continue;
      ways.set(target, [...way, target]);
    }
  }
  return ways;
}
