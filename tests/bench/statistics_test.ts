import { assertEquals, assertThrows } from "@std/assert";
import { quantile, summarize } from "./statistics.ts";

Deno.test("the median of an odd number of values is the one in the middle", () => {
  assertEquals(quantile([9, 1, 5], 0.5), 5);
});

Deno.test("the median of an even number of values lies between the two in the middle", () => {
  assertEquals(quantile([4, 1, 3, 2], 0.5), 2.5);
});

Deno.test("quartiles are as R's quantile() has them", () => {
  assertEquals(summarize([1, 2, 3, 4, 5, 6]), { n: 6, q1: 2.25, median: 3.5, q3: 4.75 });
});

Deno.test("nothing has no median", () => {
  assertThrows(() => quantile([], 0.5), RangeError);
});
