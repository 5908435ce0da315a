import { assertEquals } from "@std/assert";
import { maskOf } from "./cpu_mask.ts";

Deno.test("maskOf() sets a bit for each number", () => {
  const cases: [string, number[]][] = [
    ["0", [1]],
    ["0-3,7", [0x8f]],
    ["8", [0, 1]],
    [" 1, 3-5 ,", [0x3a]],
    ["7-8,17", [0x80, 1, 2]],
  ];
  for (const [list, bytes] of cases) assertEquals([...maskOf(list)], bytes, list);
});
