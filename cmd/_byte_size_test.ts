import { assertEquals } from "@std/assert";
import { parseByteSize } from "./_byte_size.ts";

Deno.test("sizes are read with units as powers of 1024", () => {
  const sizes: Record<string, number> = {
    "0": 0,
    "5": 5,
    "5b": 5,
    "32k": 32768,
    "32K": 32768,
    "32kb": 32768,
    "32KiB": 32768,
    "32 kib": 32768,
    "1.5g": 1610612736,
    "64M": 67108864,
    "2T": 2 ** 41,
    "1P": 2 ** 50,
    "0.3": 0,
  };
  for (const [text, size] of Object.entries(sizes)) assertEquals(parseByteSize(text), size, text);
});

Deno.test("what is no size is none", () => {
  for (const text of ["", "k", "-1", "1x", "1kx", "1ib", "1 2", "1.2.3k", "0x10", "1e3", "١"]) {
    assertEquals(parseByteSize(text), undefined, text);
  }
});
