import { assertEquals } from "@std/assert";
import plugin from "./lint_plugin.ts";

/** The rules that object to a source text, were it that file's. */
function objections(path: string, source: string): string[] {
  const root = new URL("..", import.meta.url).pathname;
  return Deno.lint.runPlugin(plugin, root + path, source).map(({ id }) => id.replace("runt/", ""));
}

Deno.test("machine code and raw memory are for ffi/ and tests alone", () => {
  for (const name of ["dlopen", "UnsafePointer", "UnsafeFnPointer", "UnsafePointerView", "UnsafeCallback"]) {
    const source = `Deno.${name};`;
    assertEquals(objections("libcontainer/init/steps.ts", source), ["no-dlopen-outside-ffi"]);
    assertEquals(objections("tools/denort/build.ts", source), ["no-dlopen-outside-ffi"]);
    assertEquals(objections("ffi/native.ts", source), []);
    assertEquals(objections("tests/integration/x_test.ts", source), []);
  }
  assertEquals(objections("cmd/run.ts", `Deno.readTextFileSync("/x");`), []);
});

Deno.test("packages are imported when they are needed, not at start-up", () => {
  for (const specifier of ["node:fs", "npm:x", "jsr:@std/path", "@std/path", "https://example.com/x.ts"]) {
    for (
      const source of [
        `import { a } from "${specifier}";`,
        `import "${specifier}";`,
        `export * from "${specifier}";`,
        `export { a } from "${specifier}";`,
      ]
    ) {
      assertEquals(objections("cmd/list.ts", source), ["no-packages-on-the-hot-path"], source);
      assertEquals(objections("cmd/list_test.ts", source), []);
      assertEquals(objections("tools/build/main.ts", source), []);
    }
    assertEquals(objections("cmd/list.ts", `import type { A } from "${specifier}";`), []);
    assertEquals(objections("cmd/list.ts", `await import("${specifier}");`), []);
  }
  assertEquals(objections("main.ts", `import { a } from "./cmd/a.ts"; export { b } from "../b.ts";`), []);
  assertEquals(objections("main.ts", `export const a = 1; export {};`), []);
});

Deno.test("no path into the rootfs is made of strings", () => {
  for (
    const source of [
      "const path = `${config.rootfs}/etc`;",
      "const path = `${rootfs}/${name}`;",
      'const path = config.rootfs + "/etc";',
      'const path = joinPath(config.rootfs, "etc");',
      'const path = path.join(this.#rootfs, "etc");',
      "const path = resolve(config.rootfs!, name);",
    ]
  ) {
    assertEquals(objections("libcontainer/init/steps.ts", source), ["no-rootfs-string-path"], source);
    assertEquals(objections("libcontainer/rootfs/prepare.ts", source), []);
    assertEquals(objections("libcontainer/init/steps_test.ts", source), []);
  }
  for (
    const source of [
      "const text = `cannot open ${config.rootfs}: not a directory`;",
      'const text = `"${config.rootfs}/proc" is not of type proc`;',
      "kernel.openat(AT_FDCWD, config.rootfs, O_PATH);",
      "const path = `${bundle}/rootfs`;",
      'const path = joinPath(bundle, "rootfs");',
    ]
  ) assertEquals(objections("libcontainer/init/steps.ts", source), [], source);
});

Deno.test("messages and hints of errors have no full stop", () => {
  for (
    const source of [
      'throw new RuntError("io", "cannot open the file.");',
      'throw new RuntError("io", `cannot open ${path}.`);',
      'throw new RuntError("io", "cannot open " + path + " at all.");',
      'throw new RuntError("io", "cannot open", { hint: "Make it readable." });',
      'throw new RangeError("Cannot encode.");',
    ]
  ) assertEquals(objections("cmd/run.ts", source), ["error-message-grammar"], source);
  for (
    const source of [
      'throw new RuntError("io", "cannot open the file");',
      'throw new RuntError("io", "wait for it...");',
      'throw new RuntError("io", `cannot open ${path}`, { hint: "Make it readable", cause });',
      'const sentence = "It is.";',
    ]
  ) assertEquals(objections("cmd/run.ts", source), [], source);
  assertEquals(objections("tests/x.ts", 'throw new Error("It is.");'), []);
});
