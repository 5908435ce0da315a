import { assertEquals } from "@std/assert";
import { laterHooks, needsDelete, needsStart } from "./kinds.ts";

const hook = { path: "/bin/true" };

Deno.test("later commands are told of their hooks alone", () => {
  assertEquals(laterHooks({ prestart: [hook], poststart: [hook], poststop: [] }), { poststart: [hook] });
  assertEquals(laterHooks({ prestart: [hook], startContainer: [hook] }), undefined);
  assertEquals(laterHooks(undefined), undefined);
});

Deno.test("startContainer and poststart hooks need start, poststop hooks need delete", () => {
  assertEquals([needsStart(undefined), needsDelete(undefined)], [false, false]);
  for (const kind of ["prestart", "createRuntime", "createContainer"]) {
    assertEquals([needsStart({ [kind]: [hook] }), needsDelete({ [kind]: [hook] })], [false, false]);
  }
  for (const kind of ["startContainer", "poststart"]) {
    assertEquals([needsStart({ [kind]: [hook] }), needsDelete({ [kind]: [hook] })], [true, false]);
  }
  assertEquals([needsStart({ poststop: [hook] }), needsDelete({ poststop: [hook] })], [false, true]);
  assertEquals([needsStart({ poststart: [] }), needsDelete({ poststop: [] })], [false, false]);
});
