import { assertEquals } from "@std/assert";
import { absolutePath, anchoredPath } from "./_absolute_path.ts";

Deno.test("absolutePath() cleans a path without looking anything up", () => {
  const paths = {
    "/": "/",
    "//": "/",
    "/a": "/a",
    "/a/": "/a",
    "/a//b/./c/../d": "/a/b/d",
    "/../..": "/",
    "/..a/.b": "/..a/.b",
  };
  for (const [path, clean] of Object.entries(paths)) assertEquals(absolutePath(path), clean);
});

Deno.test("absolutePath() puts the working directory before a relative path", () => {
  assertEquals(absolutePath("x/../y"), `${Deno.cwd()}/y`);
  assertEquals(absolutePath(""), Deno.cwd());
  assertEquals(absolutePath("../".repeat(50)), "/");
});

Deno.test("anchoredPath() leaves links and dots to the kernel", () => {
  assertEquals(anchoredPath("link/../x"), `${Deno.cwd()}/link/../x`);
  assertEquals(anchoredPath("/a/../b"), "/a/../b");
  assertEquals(anchoredPath(""), Deno.cwd());
});
