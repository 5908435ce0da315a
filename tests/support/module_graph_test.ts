import { assertEquals } from "@std/assert";
import { findCycles, type Module, reachableFrom, readImports } from "./module_graph.ts";

/** Modules out of what they import: `b` at start-up, `?b` when the line runs, `:b` for types. */
function graph(imports: Record<string, string>): Map<string, Module> {
  return new Map(
    Object.entries(imports).map(([path, list]) => {
      const parsed = list.split(" ").filter(Boolean).map((entry) => ({
        target: entry.replace(/^[?:]/, ""),
        kind: ({ "?": "dynamic", ":": "type" } as const)[entry[0]!] ?? "static" as const,
      }));
      return [path, { path, text: "", imports: parsed }];
    }),
  );
}

Deno.test("imports are read with what they are for", () => {
  const text = `
/** Not this: import { x } from "./x.ts"; */
// nor this: import("./y.ts")
import type { A } from "./a.ts";
import { type B, b } from "../b.ts";
import {
  c,
} from "./sub/c.ts";
import "./d.ts";
export * from "./e.ts";
export type { F } from "./f.ts";
import node from "node:fs";
type G = typeof import("./g.ts");
const url = "http://example.com"; const h = await import("./h.ts");
export const i = "import";
`;
  assertEquals(readImports("cmd/x.ts", text).map(({ target, kind }) => `${kind} ${target}`), [
    "type cmd/a.ts",
    "static b.ts",
    "static cmd/sub/c.ts",
    "static cmd/d.ts",
    "static cmd/e.ts",
    "type cmd/f.ts",
    "static node:fs",
    "type cmd/g.ts",
    "dynamic cmd/h.ts",
  ]);
});

Deno.test("circles are found, unless types close them", () => {
  assertEquals(findCycles(graph({ a: "b", b: "c", c: "b" })), [["b", "c", "b"]]);
  assertEquals(findCycles(graph({ a: "a" })), [["a", "a"]]);
  assertEquals(findCycles(graph({ a: "b c", b: "c", c: ":a ?b" })), []);
});

Deno.test("what is reached is told with the way there", () => {
  const modules = graph({ main: "a ?b ?c", a: "d :e", b: "node:fs", c: "x" });
  const ways = reachableFrom("main", modules, (_, target) => target === "b");
  assertEquals([...ways.keys()], ["main", "a", "b", "d", "node:fs"]);
  assertEquals(ways.get("node:fs"), ["main", "b", "node:fs"]);
});
