/**
 * Cuts runt into slices.
 *
 * The main slice holds what hot commands need, in one scope. All else is reached by `import()` only, and becomes
 * slices of its own: text that costs nothing until it is asked for. A module is in one slice only: slices get the
 * main slice's modules from it, and share chunks among themselves, so `instanceof` holds everywhere.
 *
 * ```text
 *  main.ts ─▶ hot modules            ─▶ main slice     (async function ($runt) { … })
 *     └ import("./cmd/list.ts") …    ─▶ cold slices    (function (module, exports, require, load) { … })
 * ```
 *
 * @module
 */
import * as esbuild from "esbuild";
import { BuildError } from "../denort/build_error.ts";
import { MAIN_NAME } from "../denort/loader.ts";
import { type ImportMap, routeModules, virtualModule } from "./modules.ts";
import type { SliceEntry } from "./slice_loader.ts";

/** What to cut. */
export interface Program {
  /** The project's directory, absolute, without a slash at its end. */
  readonly root: string;
  /** The first module, relative to the root. */
  readonly main: string;
  /**
   * Modules which are imported dynamically but belong into the main slice, relative to the root. So does what they
   * import dynamically themselves: a hot command loads its part of the library that way.
   */
  readonly hot: readonly string[];
  readonly imports: ImportMap;
  /** Names that are replaced by constants, as JavaScript. */
  readonly define: Readonly<Record<string, string>>;
}

/** The program as one script, which is text of slices. */
export interface SlicedProgram {
  /** The slices; that it is a valid script lets `deno compile` take it. */
  readonly script: string;
  /** Where the main slice starts, in bytes. The script is ASCII. */
  readonly main: number;
  /** Where each slice ends. */
  readonly ends: readonly number[];
  /** Names and sizes, largest first, for the build's report. */
  readonly sizes: readonly (readonly [name: string, bytes: number])[];
}

const SHARED = "runt:shared/", SLICE = "runt:slice/", REGISTRY = "runt:registry";

/** `import()` of a file, as a value and not as a type. */
const DYNAMIC_IMPORT = /(?<!typeof )\bimport\("(\.\.?\/[^"]+\.ts)"\)/g;

/** Names in stack traces stay readable; white space and syntax are what minifying is worth here. */
const OUTPUT = {
  bundle: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "esnext",
  charset: "ascii",
  legalComments: "none",
  write: false,
  metafile: true,
  logLevel: "silent",
} as const satisfies esbuild.BuildOptions;

const MINIFY = { minifyWhitespace: true, minifySyntax: true, lineLimit: 400 } as const;

/**
 * Cuts a program into slices.
 *
 * @throws {BuildError} with the bundler's messages
 */
export async function sliceProgram(program: Program): Promise<SlicedProgram> {
  const hot = await findHotModules(program);
  const cold = await bundleCold(program, hot);
  let script = "";
  const ends: number[] = [], sizes: [string, number][] = [], slices: Record<string, SliceEntry> = {};
  const add = (name: string, text: string) => {
    const at = script.length;
    script += `${text}\n`;
    ends.push(script.length - 1);
    sizes.push([name, text.length]);
    return at;
  };
  for (const slice of cold.slices) {
    slices[slice.name] = { at: add(slice.name, slice.text), needs: slice.needs };
  }
  const main = add("main", await bundleHot(program, hot, cold.shared, slices));
  const odd = script.match(/[^\t\n\x20-\x7e]/);
  if (odd) {
    throw new BuildError(`Cannot bundle: character ${JSON.stringify(odd[0])} at ${odd.index} of the script`);
  }
  return { script, main, ends, sizes: sizes.sort((a, b) => b[1] - a[1]) };
}

/** What the main slice holds, and what it imports dynamically. Paths are absolute. */
interface HotModules {
  readonly modules: ReadonlySet<string>;
  readonly imported: ReadonlySet<string>;
}

async function findHotModules(program: Program): Promise<HotModules> {
  const { root } = program, forced = new Set(program.hot.map((path) => `${root}/${path}`));
  const imported = new Set<string>();
  const result = await run({
    ...OUTPUT,
    absWorkingDir: root,
    entryPoints: [program.main, ...program.hot],
    outdir: "out",
    define: program.define,
    plugins: [routeModules(program.imports, root, (path, kind, importer) => {
      if (kind !== "dynamic-import" || forced.has(path) || forced.has(importer)) return undefined;
      imported.add(path);
      return { path, external: true };
    })],
  });
  const modules = new Set(Object.keys(result.metafile!.inputs).map((path) => `${root}/${path}`));
  return { modules, imported: new Set([...imported].filter((path) => !modules.has(path))) };
}

interface ColdSlice {
  readonly name: string;
  readonly text: string;
  readonly needs: readonly string[];
}

/** Bundles all that is not hot; also says which hot modules it shares. */
async function bundleCold(
  program: Program,
  hot: HotModules,
): Promise<{ slices: readonly ColdSlice[]; shared: ReadonlySet<string> }> {
  const { root } = program, shared = new Set<string>();
  if (hot.imported.size === 0) return { slices: [], shared };
  const result = await run({
    ...OUTPUT,
    absWorkingDir: root,
    entryPoints: [...hot.imported],
    outbase: root,
    outdir: "out",
    splitting: true,
    chunkNames: "chunk-[hash]",
    define: program.define,
    plugins: [routeModules(program.imports, root, (path) => {
      if (!hot.modules.has(path)) return undefined;
      const name = path.slice(root.length + 1);
      shared.add(name);
      return { path: SHARED + name, external: true };
    })],
  });
  const slices: ColdSlice[] = [];
  for (const file of result.outputFiles!) {
    const name = sliceName(file.path.slice(`${root}/out/`.length));
    const output = result.metafile!.outputs[file.path.slice(root.length + 1)]!;
    const needs = output.imports.filter((one) => one.kind === "import-statement")
      .map((one) => one.external ? one.path : SLICE + sliceName(one.path.slice("out/".length)));
    slices.push({ name, text: await wrapSlice(file.text, name), needs: [...new Set(needs)] });
  }
  return { slices: slices.sort((a, b) => a.name < b.name ? -1 : 1), shared };
}

/** `cmd/list.js` → `cmd/list`. */
function sliceName(path: string): string {
  return path.replace(/\.js$/, "");
}

/** An ES module of the bundler as a function, with its imports as calls of `require` and of `load`. */
async function wrapSlice(text: string, name: string): Promise<string> {
  const directory = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
  const local = (path: string) => sliceName(new URL(path, `file:///${directory}`).pathname.slice(1));
  // The bundler's own references among slices are relative paths; they become names.
  const named = text.replace(/(\bfrom\s*|\bimport\s*|\bimport\()"(\.\.?\/[^"]+\.js)"/g, (_, before, path) => {
    return `${before}"${SLICE}${local(path)}"`;
  });
  const { code } = await esbuild.transform(named, {
    ...MINIFY,
    format: "cjs",
    target: "esnext",
    charset: "ascii",
    supported: { "dynamic-import": true },
    define: { "import.meta.url": '"runt:"' },
  }).catch(explain);
  const body = replaceImports(code.trimEnd(), "load");
  return `(function(module,exports,require,load){"use strict";${body}\n})\n//# sourceURL=runt:///${name}.js`;
}

async function bundleHot(
  program: Program,
  hot: HotModules,
  shared: ReadonlySet<string>,
  slices: Readonly<Record<string, SliceEntry>>,
): Promise<string> {
  const { root } = program;
  const registry = `
    ${await writeShared(program, [...shared].sort())}
    import { makeSliceLoader } from ${JSON.stringify(new URL("slice_loader.ts", import.meta.url).pathname)};
    $runt.slice = makeSliceLoader({
      slices: () => (${JSON.stringify(slices)}),
      shared,
      readText: $runt.readText,
      importNode: $runt.importNode,
    });`;
  const result = await run({
    ...OUTPUT,
    ...MINIFY,
    absWorkingDir: root,
    stdin: { contents: `import "${REGISTRY}"; import "./${program.main}";`, resolveDir: root, loader: "ts" },
    define: { ...program.define, "import.meta.url": '"runt:"' },
    plugins: [
      virtualModule(REGISTRY, registry, root),
      importAtOnce(root, hot),
      routeModules(program.imports, root, (path) => {
        if (!hot.imported.has(path)) return undefined;
        return { path: SLICE + path.slice(root.length + 1).replace(/\.ts$/, ""), external: true };
      }),
    ],
  });
  const text = result.outputFiles![0]!.text.trimEnd();
  const still = /^(import|export)\b(?!\()[^(].*$/m.exec(text);
  if (still) {
    throw new BuildError(`Cannot bundle: the main slice has the statement ${still[0].slice(0, 100)}`);
  }
  const body = replaceImports(text, "$runt.slice");
  return `(async function($runt){"use strict";${body}\n})\n//# sourceURL=${MAIN_NAME}`;
}

/**
 * The main slice's modules for the others: `shared(name)` gives a module's exports. One function, which is not even compiled
 * until something asks: a namespace object made by the bundler would have a function for each export from the start.
 */
async function writeShared({ root }: Program, names: readonly string[]): Promise<string> {
  const { metafile } = await run({
    ...OUTPUT,
    bundle: false,
    absWorkingDir: root,
    entryPoints: [...names],
    outbase: root,
    outdir: "out",
  });
  const imports: string[] = [], cases: string[] = [];
  for (const { entryPoint, exports } of Object.values(metafile!.outputs)) {
    const module = imports.length;
    const local = (name: string) => `$shared${module}_${name}`;
    imports.push(`import { ${exports.map((name) => `${name} as ${local(name)}`)} } from "./${entryPoint}";`);
    const getters = exports.map((name) => `get ${name}() { return ${local(name)}; }`);
    cases.push(`case ${JSON.stringify(entryPoint)}: return { ${getters.join(", ")} };`);
  }
  return `${imports.join("\n")}
    function shared(name) { switch (name) { ${cases.join("\n")} } }`;
}

/**
 * Makes dynamic imports of hot modules static ones: a module that is imported dynamically, and all behind it, would get
 * a function around it each, which is a good part of what there is to read and to run at the start.
 */
function importAtOnce(root: string, hot: HotModules): esbuild.Plugin {
  return {
    name: "import at once",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!hot.modules.has(path)) return undefined;
        const directory = path.slice(0, path.lastIndexOf("/") + 1), imports: string[] = [];
        const text = (await Deno.readTextFile(path)).replace(DYNAMIC_IMPORT, (whole, specifier: string) => {
          const target = new URL(specifier, `file://${directory}`).pathname;
          if (!target.startsWith(`${root}/`) || !hot.modules.has(target)) return whole;
          return `Promise.resolve($hot${imports.push(specifier) - 1})`;
        });
        const statements = imports.map((specifier, i) => `import * as $hot${i} from "${specifier}";`);
        return { contents: `${text}\n${statements.join("\n")}`, loader: "ts" };
      });
    },
  };
}

function replaceImports(code: string, load: string): string {
  return code.replaceAll(`import("${SLICE}`, `${load}("`);
}

function run(options: esbuild.BuildOptions): Promise<esbuild.BuildResult> {
  return esbuild.build(options).catch(explain);
}

function explain(error: unknown): never {
  const { errors } = error as Partial<esbuild.BuildFailure>;
  if (errors === undefined || errors.length === 0) throw error;
  const lines = errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column}: ${text}` : text
  );
  throw new BuildError(`Cannot bundle:\n${lines.join("\n")}`, { cause: error });
}
