import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import * as esbuild from "esbuild";
import { BuildError } from "../denort/build_error.ts";
import type { Exports } from "./slice_loader.ts";
import { type SlicedProgram, sliceProgram } from "./slices.ts";

const MODULES = {
  "main.ts": `
    import { Fault, counter } from "./fault.ts";
    const name: string = globalThis.COMMAND;
    const report = globalThis.REPORT;
    report.commit = COMMIT;
    report.hotReady = typeof globalThis.HOT_EVALUATED;
    switch (name) {
      case "hot": report.result = (await import("./cmd/hot.ts")).run(); break;
      case "cold": report.result = await (await import("./cmd/cold.ts")).run(); break;
      case "other": report.result = await (await import("./cmd/other.ts")).run(); break;
    }
    report.count = counter.value;
    report.isFault = report.result instanceof Fault;`,
  "fault.ts": `
    export class Fault extends Error { override name = "Fault"; }
    export const counter = { value: 0 };
    export let changed = "before";
    export function change() { changed = "after"; }`,
  "cmd/hot.ts": `globalThis.HOT_EVALUATED = true;
    import { helper } from "../helper.ts";
    export const run = () => helper();`,
  "helper.ts": `export const helper = () => "hot"; export const unused = "unused";`,
  "cmd/cold.ts": `
    import { change, changed, counter, Fault } from "../fault.ts";
    import { common, Common } from "../common.ts";
    import { basename } from "node:path";
    export async function run() {
      counter.value++;
      const before = changed;
      change();
      const other = await import("./other.ts");
      const isSame = (await other.make()) instanceof Common;
      return new Fault([common, before, changed, basename("/a/b\u00e9"), isSame].join());
    }`,
  "cmd/other.ts": `
    import { Common } from "../common.ts";
    import { counter } from "../fault.ts";
    import { helper } from "../helper.ts";
    export function make() { return new Common(); }
    export async function run() { counter.value += 10; return helper(); }`,
  "common.ts": `globalThis.REPORT.common = (globalThis.REPORT.common ?? 0) + 1;
    export const common = "common"; export class Common {}`,
};

/** Writes modules, cuts them into slices, and hands both to `body`. */
async function withProgram(
  modules: Record<string, string>,
  body: (program: SlicedProgram) => void | Promise<void>,
): Promise<void> {
  const root = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    for (const [name, text] of Object.entries(modules)) {
      if (name.includes("/")) {
        Deno.mkdirSync(`${root}/${name.slice(0, name.indexOf("/"))}`, { recursive: true });
      }
      Deno.writeTextFileSync(`${root}/${name}`, text);
    }
    const define = { COMMIT: '"abc"' };
    await body(await sliceProgram({ root, main: "main.ts", hot: ["cmd/hot.ts"], imports: {}, define }));
  } finally {
    Deno.removeSync(root, { recursive: true });
    await esbuild.stop();
  }
}

/** Runs a program as the executable does. */
async function runProgram(program: SlicedProgram, command: string): Promise<Exports> {
  const report: Exports = {};
  Object.assign(globalThis, { COMMAND: command, REPORT: report });
  const readText = (at: number) => program.script.slice(at, program.ends.find((end) => end >= at));
  const main = (0, eval)(readText(program.main)) as (given: unknown) => Promise<void>;
  await main({ readText, importNode: (specifier: string) => import(specifier) });
  return report;
}

const sanitize = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "hot modules are in the main slice, imported at once",
  ...sanitize,
  fn: () =>
    withProgram(MODULES, async (program) => {
      const report = await runProgram(program, "hot");
      assertEquals(report, { commit: "abc", hotReady: "boolean", result: "hot", count: 0, isFault: false });
    }),
});

Deno.test({
  name: "a cold slice shares the main slice's classes and bindings, and chunks with other slices",
  ...sanitize,
  fn: () =>
    withProgram(MODULES, async (program) => {
      const report = await runProgram(program, "cold");
      assertEquals(report.isFault, true);
      assertEquals((report.result as Error).message, "common,before,after,b\u00e9,true");
      assertEquals([report.count, report.common], [1, 1]);
    }),
});

Deno.test({
  name: "a cold slice may use a module that only hot commands load",
  ...sanitize,
  fn: () =>
    withProgram(MODULES, async (program) => {
      const report = await runProgram(program, "other");
      assertEquals([report.result, report.count], ["hot", 10]);
    }),
});

Deno.test({
  name: "what is cold is not in the main slice, and every slice has a name for stack traces",
  ...sanitize,
  fn: () =>
    withProgram(MODULES, (program) => {
      const main = program.script.slice(program.main);
      assert(!main.includes("basename"));
      assertStringIncludes(main, "//# sourceURL=runt:///main.js");
      assertStringIncludes(program.script, "//# sourceURL=runt:///cmd/cold.js");
      assertMatch(program.script, /^[\t\n\x20-\x7e]*$/);
      assertEquals(program.ends.length, program.sizes.length);
      for (const end of program.ends) assertEquals(program.script[end], "\n");
    }),
});

Deno.test({
  name: "a module that cannot be found is an error with its place",
  ...sanitize,
  fn: async () => {
    const modules = { "main.ts": `import "./none.ts";`, "cmd/hot.ts": "" };
    const error = await assertRejects(() => withProgram(modules, () => {}), BuildError);
    assertStringIncludes(error.message, `main.ts:1:7: Could not resolve "./none.ts"`);
  },
});
