import { assertEquals } from "@std/assert";
import { parseTap } from "./tap.ts";

Deno.test("parseTap() reads results, reasons of skips and of failures", () => {
  const { tests, complete } = parseTap(`TAP version 14
# ./a_test.ts
ok 1 - works \\# well
output of a test
not ok 2 - fails
  ---
  {"message":"Error: boo\\n    at x","severity":"fail","at":{"file":"./a_test.ts","line":2}}
  ...
ok 3 - freezes [skipped: no freezer] # SKIP
ok 4 - is left out # SKIP
1..4
`);
  assertEquals(complete, true);
  assertEquals(tests, [
    { name: "works # well", outcome: "ok", reason: "" },
    { name: "fails", outcome: "failed", reason: "Error: boo\n    at x" },
    { name: "freezes", outcome: "skipped", reason: "no freezer" },
    { name: "is left out", outcome: "skipped", reason: "" },
  ]);
});

Deno.test("parseTap() tells which step failed", () => {
  const { tests } = parseTap(`# Subtest: steps
    ok 1 - one
    not ok 2 - two
      ---
      {"message":"Error: x","severity":"fail","at":{"file":"./a_test.ts","line":4}}
      ...
    1..2
not ok 1 - steps
  ---
  {"message":"1 test step failed.","severity":"fail","at":{"file":"./a_test.ts","line":4}}
  ...
1..1
`);
  assertEquals(tests, [
    { name: "steps", outcome: "failed", reason: 'step "two"\nError: x\n1 test step failed.' },
  ]);
});

Deno.test("parseTap() sees that a run broke off", () => {
  assertEquals(parseTap("TAP version 14\n# ./a_test.ts\nok 1 - works\n"), {
    tests: [{ name: "works", outcome: "ok", reason: "" }],
    complete: false,
  });
  assertEquals(parseTap("").complete, false);
});
