import { assertEquals } from "@std/assert";
import { judge } from "./report.ts";
import { EMPTY_SCRIPT, type Measured } from "./timings.ts";

const summary = (median: number) => ({ n: 1, q1: median, median, q3: median });

const timings: Measured[] = [
  { name: "run", times: { runt: summary(20), runc: summary(20) } },
  { name: "state", times: { runt: summary(13), [EMPTY_SCRIPT]: summary(10) } },
  { name: "--version", times: { runt: summary(13) } },
];

Deno.test("a goal is met at its factor, missed above it, and left out without its contestant", () => {
  const verdicts = judge(timings).map(({ name, met }) => [name, met]);
  assertEquals(verdicts, [["run", true], ["state", false]]);
});
