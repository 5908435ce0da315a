import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeLoader, makeTrainingLoader, NO_COMMAND } from "./loader.ts";

const PLAIN = { command: NO_COMMAND, base: 0, main: 7 };
const CACHED = { command: "run", base: 100, main: 120, cache: { at: 4112, size: 20 } };

function scriptOf(url: string): string {
  const [, base64] = /^data:text\/javascript;base64,(.*)$/.exec(url)!;
  return atob(base64!);
}

Deno.test("the loaders are scripts that parse, without newlines", () => {
  for (
    const url of [makeLoader([PLAIN]), makeLoader([PLAIN, CACHED]), makeTrainingLoader([PLAIN, CACHED])]
  ) {
    const script = scriptOf(url);
    new Function(script);
    assertEquals(script.includes("\n"), false);
    assertMatch(script, /^\{.*\}$/);
  }
});

Deno.test("a loader knows where each edition and its code cache lies", () => {
  const script = scriptOf(makeLoader([PLAIN, CACHED]));
  assertStringIncludes(script, `{__proto__:null,"-":[7,0],"run":[120,100,4112,20]}`);
  assertStringIncludes(script, `??"-"]`);
});

Deno.test("a loader without code caches asks for none of Deno's operations", () => {
  assertEquals(scriptOf(makeLoader([PLAIN])).includes("prompt"), false);
});
