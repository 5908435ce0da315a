import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeLoader, makeTrainingLoader, NO_COMMAND } from "./loader.ts";

function scriptOf(url: string): string {
  const [, base64] = /^data:text\/javascript;base64,(.*)$/.exec(url)!;
  return atob(base64!);
}

Deno.test("the loaders are scripts that parse, without newlines", () => {
  for (
    const url of [makeLoader([]), makeLoader([{ command: "run", at: 1, size: 2 }]), makeTrainingLoader()]
  ) {
    const script = scriptOf(url);
    new Function(script);
    assertEquals(script.includes("\n"), false);
    assertMatch(script, /^\{.*\}$/);
  }
});

Deno.test("a loader with code caches knows where each lies", () => {
  const script = scriptOf(
    makeLoader([{ command: NO_COMMAND, at: 4096, size: 10 }, { command: "run", at: 4112, size: 20 }]),
  );
  assertStringIncludes(script, `{__proto__:null,"-":[4096,10],"run":[4112,20]}`);
});

Deno.test("a loader without code caches asks for none of Deno's operations", () => {
  assertEquals(scriptOf(makeLoader([])).includes("prompt"), false);
});
