import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { loadSpec } from "./load.ts";

function inBundle(test: (bundle: string) => void): void {
  const bundle = Deno.makeTempDirSync();
  try {
    test(bundle);
  } finally {
    Deno.removeSync(bundle, { recursive: true });
  }
}

Deno.test("loadSpec() reads a bundle's config.json", () =>
  inBundle((bundle) => {
    Deno.writeTextFileSync(`${bundle}/config.json`, '{"ociVersion":"1.3.0","root":{"path":"rootfs"}}');
    assertEquals(loadSpec(bundle), { ociVersion: "1.3.0", root: { path: "rootfs" } });
  }));

Deno.test("loadSpec() has runc's words for a missing file", () =>
  inBundle((bundle) => {
    const error = assertThrows(() => loadSpec(bundle), RuntError);
    assertEquals([error.code, error.message], ["io", "JSON specification file config.json not found"]);
  }));

Deno.test("loadSpec() says what is in the way of reading", () =>
  inBundle((bundle) => {
    Deno.mkdirSync(`${bundle}/config.json`);
    const cases = [
      [bundle, `cannot read ${bundle}/config.json: is a directory`],
      [`${bundle}/none`, `chdir ${bundle}/none: no such file or directory`],
      ["/dev/null", "chdir /dev/null: not a directory"],
    ];
    for (const [path, message] of cases) {
      assertEquals(assertThrows(() => loadSpec(path!), RuntError).message, message);
    }
  }));

Deno.test("loadSpec() throws one error for all wrong types, each with its path", () =>
  inBundle((bundle) => {
    Deno.writeTextFileSync(`${bundle}/config.json`, '{"process":{"cwd":1,"env":"A=1"}}');
    const error = assertThrows(() => loadSpec(bundle), RuntError);
    assertEquals(error.code, "invalid-config");
    assertEquals(error.path, "process.cwd");
    assertEquals(error.message.split("\n"), [
      "config.json has 2 problems:",
      "process.cwd: must be a string, not a number",
      "process.env: must be an array, not a string",
    ]);
  }));

Deno.test("loadSpec() gives line and column of broken JSON", () =>
  inBundle((bundle) => {
    Deno.writeTextFileSync(`${bundle}/config.json`, '{\n\t"root": {"path": "rootfs"}\n\t"process": {}\n}');
    const error = assertThrows(() => loadSpec(bundle), RuntError);
    assertEquals(error.code, "invalid-config");
    assertStringIncludes(error.message, 'line 3, column 2: expected "," or "}"');
  }));
