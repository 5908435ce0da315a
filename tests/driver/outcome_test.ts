import { assertEquals, assertStringIncludes } from "@std/assert";
import { addOutcomes, formatCounts, readGuestReport, readOutcome } from "./outcome.ts";

const END = { code: 0, stderr: "", seconds: 12 };

Deno.test("passed, failed and skipped tests are counted, with the reasons", () => {
  const stdout = [
    "TAP version 14",
    "ok 1 - one",
    "ok 2 - two [skipped: needs root] # SKIP",
    "not ok 3 - three",
    "  ---",
    '  {"message":"boom\\nat x","severity":"fail"}',
    "  ...",
    "1..3",
  ].join("\n");
  const outcome = readOutcome("unit", { ...END, code: 1, stdout });
  assertEquals(outcome, {
    passed: 1,
    failures: ["unit: three\n    boom\n    at x"],
    skips: ["unit: two (needs root)"],
    flaky: [],
  });
  assertEquals(formatCounts(outcome), "1 passed, 1 failed, 1 skipped");
});

Deno.test("counts leave out what did not happen", () => {
  assertEquals(formatCounts({ passed: 3, failures: [], skips: [], flaky: [] }), "3 passed, 0 failed");
  assertEquals(
    formatCounts({ passed: 3, failures: [], skips: [], flaky: ["x"] }),
    "3 passed, 0 failed, 1 flaky",
  );
});

Deno.test("a process that was stopped is a failure, and what passed before still counts", () => {
  const outcome = readOutcome("x", { ...END, code: 124, stdout: "TAP version 14\nok 1 - one\n" });
  assertEquals(outcome.passed, 1);
  assertEquals(outcome.failures, ['x: stopped after 12 s, after the test "one"']);
});

Deno.test("a process that dies without a word is a failure", () => {
  const outcome = readOutcome("x", { ...END, code: 139, stdout: "", stderr: "Segmentation fault" });
  assertEquals(outcome.failures.length, 1);
  assertStringIncludes(outcome.failures[0]!, "139");
  assertStringIncludes(outcome.failures[0]!, "Segmentation fault");
});

Deno.test("a process that ends well but too early is a failure", () => {
  const outcome = readOutcome("x", { ...END, stdout: "TAP version 14\nok 1 - one\n" });
  assertEquals(outcome.failures.length, 1);
});

Deno.test("a file that cannot be loaded is a failure", () => {
  const outcome = readOutcome("x", { ...END, code: 1, stdout: "", stderr: "Module not found" });
  assertEquals(outcome.failures.length, 1);
});

Deno.test("the guests' report becomes the same counts", () => {
  const report = [
    "none     ok      guest/suite/a: fine",
    "none     failed  guest/suite/a: broken",
    "           why it broke",
    "none     skipped guest/suite/a: left out: no cpuset",
    "none     1 ok, 1 failed, 1 skipped (12 s)",
    "guests: 1 ok, 1 failed, 1 skipped (14 s)",
    "",
  ].join("\n");
  assertEquals(readGuestReport(report), {
    passed: 1,
    failures: ["guest none: guest/suite/a: broken\n    why it broke"],
    skips: ["guest none: guest/suite/a: left out (no cpuset)"],
    flaky: [],
  });
});

Deno.test("no failure of the guests goes away because its line was not understood", () => {
  assertEquals(readGuestReport("guests: 4 ok, 2 failed, 0 skipped (1 s)\n")?.failures.length, 2);
});

Deno.test("guests that did not come to an end have no report", () => {
  assertEquals(readGuestReport("images: built in 3 s\n"), undefined);
});

Deno.test("outcomes add up", () => {
  const one = { passed: 1, failures: ["a"], skips: [], flaky: ["c"] };
  const two = { passed: 2, failures: [], skips: ["b"], flaky: [] };
  assertEquals(addOutcomes([one, two]), { passed: 3, failures: ["a"], skips: ["b"], flaky: ["c"] });
});
