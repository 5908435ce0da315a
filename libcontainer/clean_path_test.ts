import { assertEquals } from "@std/assert";
import { cleanPath } from "./clean_path.ts";

Deno.test("paths are cleaned by text, and never lead above the root", () => {
  const paths = { "/a//b/./c/": "/a/b/c", "../../x": "/x", "/": "/", "/a/../..": "/", "a/b/..": "/a" };
  for (const [path, clean] of Object.entries(paths)) assertEquals(cleanPath(path), clean);
});
