import { assertEquals } from "@std/assert";
import { reportGuest } from "./report.ts";

const ok = { name: "works", outcome: "ok" as const, reason: "" };

Deno.test("reportGuest() counts tests, and says why one was skipped or failed", () => {
  const { lines, totals } = reportGuest("none", ["tests/a_test.ts"], [{
    file: "tests/a_test.ts",
    tests: [
      ok,
      { name: "freezes", outcome: "skipped", reason: "no freezer" },
      { name: "fails", outcome: "failed", reason: "boo" },
    ],
    complete: true,
    status: 1,
    seconds: 21,
    stderr: "",
  }]);
  assertEquals(totals, { ok: 1, failed: 1, skipped: 1 });
  assertEquals(lines, [
    "none     ok      a: works",
    "none     skipped a: freezes: no freezer",
    "none     failed  a: fails",
    "           boo",
    "none     #       a: took 21 s",
  ]);
});

Deno.test("reportGuest() counts a file as failed that broke off, took too long, did not load or did not run", () => {
  const outcome = (file: string, status: number | undefined, complete: boolean) => ({
    file,
    tests: [ok],
    complete,
    status,
    seconds: 1,
    stderr: "",
  });
  const { totals } = reportGuest("none", ["a", "b", "c", "d", "e"], [
    outcome("a", undefined, false),
    outcome("b", 124, false),
    outcome("c", 1, true),
    outcome("d", 0, false),
  ]);
  assertEquals(totals, { ok: 4, failed: 5, skipped: 0 });
});
