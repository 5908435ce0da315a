import { assertEquals } from "@std/assert";
import { findGuestFile, runAgain, sumUp } from "./again.ts";
import type { Outcome } from "./outcome.ts";

const GOOD: Outcome = { passed: 5, failures: [], skips: [], flaky: [] };
const BAD: Outcome = { ...GOOD, passed: 4, failures: ["x: y"] };

/** Answers with the outcomes in turn, and counts how often it was asked. */
function script(...outcomes: Outcome[]) {
  const asked = { times: 0 };
  return { asked, run: () => Promise.resolve(outcomes[asked.times++]!) };
}

Deno.test("what passes is not run again", async () => {
  const { asked, run } = script();
  assertEquals(await runAgain(GOOD, run), GOOD);
  assertEquals(asked.times, 0);
});

Deno.test("what passes three times after a failure is flaky", async () => {
  const { asked, run } = script(GOOD, GOOD, GOOD);
  assertEquals(await runAgain(BAD, run), { ...GOOD, flaky: ["x: y"] });
  assertEquals(asked.times, 3);
});

Deno.test("one more failure, or nothing that passes, is a failure", async () => {
  assertEquals(await runAgain(BAD, script(GOOD, GOOD, BAD).run), BAD);
  assertEquals(await runAgain(BAD, script(GOOD, { ...GOOD, passed: 0 }).run), BAD);
});

Deno.test("many failures are not run again", async () => {
  const { asked, run } = script();
  const many = { ...BAD, failures: ["a", "b", "c", "d"] };
  assertEquals(await runAgain(many, run), many);
  assertEquals(asked.times, 0);
});

Deno.test("many flaky tests are failures", () => {
  const flaky = (name: string): Outcome => ({ ...GOOD, flaky: [name] });
  assertEquals(sumUp(["a", "b", "c"].map(flaky)).failures, []);
  assertEquals(sumUp(["a", "b", "c", "d"].map(flaky)), {
    passed: 16,
    failures: ["a", "b", "c", "d"],
    skips: [],
    flaky: [],
  });
});

Deno.test("a failure in a guest has a file", () => {
  assertEquals(findGuestFile("guest none: guest/suite/pids: a limit: of 1\n    boom"), {
    guest: "none",
    file: "tests/guest/suite/pids_test.ts",
  });
  assertEquals(findGuestFile("guest: see its report"), undefined);
});
