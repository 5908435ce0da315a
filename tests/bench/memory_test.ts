import { assertEquals } from "@std/assert";
import { search } from "./memory.ts";

const KIB = 1024;

for (const needed of [64, 400, 416, 4096, 60_000]) {
  Deno.test(`the smallest limit is found: ${needed} KiB`, () => {
    const step = 16, expected = Math.ceil(needed / step) * step;
    assertEquals(search((bytes) => bytes >= needed * KIB), expected * KIB);
  });
}

Deno.test("no limit is found where none is enough", () => {
  assertEquals(search(() => false), undefined);
});
