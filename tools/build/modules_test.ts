import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BuildError } from "../denort/build_error.ts";
import { mapSpecifier, readImportMap } from "./modules.ts";

Deno.test("the import map of a deno.json is read, comments and all", () => {
  const text = '{\n  // why\n  "imports": {\n    // "x": "jsr:x"\n    "a": "./a.ts"\n  }\n}';
  assertEquals(readImportMap(text), { a: "./a.ts" });
  assertEquals(readImportMap("{}"), {});
});

Deno.test("specifiers become files, packages and modules of node", () => {
  const map = {
    a: "./a.ts",
    "@s/n": "npm:@scope/name@^1/sub",
    n: "npm:name@1.2.3",
    m: "npm:name",
    f: "node:fs",
  };
  const mapped = ["a", "@s/n", "n", "m", "f", "./b.ts", "other"].map((name) => mapSpecifier(map, name));
  assertEquals(mapped, ["./a.ts", "@scope/name/sub", "name", "name", "node:fs", "./b.ts", "other"]);
});

Deno.test("a package of a registry that the build does not reach is an error", () => {
  const error = assertThrows(
    () => mapSpecifier({ "@std/path": "jsr:@std/path@^1" }, "@std/path"),
    BuildError,
  );
  assertStringIncludes(error.message, "jsr:@std/path@^1 is not in node_modules");
});
