import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BuildError } from "./build_error.ts";
import { exposeOps, findText } from "./expose_ops.ts";

const SCRIPT = '"use strict"; return ((function(){const{core:e,primordials:t}=__bootstrap;' +
  "const{op_read_line_prompt:n}=e.ops;function prompt(){}/* enough text to be replaced, whatever it is */" +
  "return{alert,confirm,prompt}})());";

Deno.test("the script of prompt becomes one of the same length that gives out the operations", () => {
  const bytes = new TextEncoder().encode(`before${SCRIPT}after`);
  exposeOps(bytes);
  const text = new TextDecoder().decode(bytes), ops = {};
  assertEquals(text.length, `before${SCRIPT}after`.length);
  assertEquals([text.slice(0, 6), text.slice(-5)], ["before", "after"]);
  const load = new Function("__bootstrap", text.slice(6, -5));
  assertEquals(load({ core: { ops } }).prompt() === ops, true);
});

Deno.test("a Deno whose script of prompt is another cannot have code caches", () => {
  for (
    const text of ["", SCRIPT.slice(0, -1), `${SCRIPT.slice(0, 120)}${" ".repeat(3000)}${SCRIPT.slice(120)}`]
  ) {
    const error = assertThrows(() => exposeOps(new TextEncoder().encode(text)), BuildError);
    assertStringIncludes(error.message, "Deno's script of `prompt` not found");
  }
});

Deno.test("text is found from a place on", () => {
  const bytes = new TextEncoder().encode("ababac");
  assertEquals([0, 1, 3].map((from) => findText(bytes, "ab", from)), [0, 2, -1]);
  assertEquals(findText(bytes, "abac", 0), 2);
  assertEquals(findText(bytes, "acb", 0), -1);
});
