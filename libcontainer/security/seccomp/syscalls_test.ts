import { assertEquals } from "@std/assert";
import { pack } from "../../../tools/generate_syscall_table.ts";
import { SYSCALLS as AARCH64 } from "../../../ffi/syscall_numbers/aarch64.ts";
import { SYSCALLS as X86_64 } from "../../../ffi/syscall_numbers/x86_64.ts";
import { NUMBERS } from "./syscall_table.ts";
import { indexNames, packedNumber, unpackNumber } from "./syscalls.ts";

Deno.test("the table has the numbers that runt itself calls by", () => {
  const places = indexNames();
  for (const [table, numbers] of [["x86_64", X86_64], ["aarch64", AARCH64]] as const) {
    for (const [name, number] of Object.entries(numbers)) {
      // aarch64 has no poll(2), which runt makes by another.
      const place = places.get(name), packed = place === undefined ? 0 : packedNumber(table, place);
      if (packed > 0) assertEquals([name, unpackNumber(packed)], [name, number]);
    }
  }
});

Deno.test("all columns are as long as the list of names", () => {
  const count = indexNames().size;
  for (const column of Object.values(NUMBERS)) assertEquals(column.length, 2 * count);
});

Deno.test("numbers come out of the table as they went in", () => {
  for (const number of [0, 56, 57, 89, 90, 511, 7998, 0xf0001, 0xf0006]) {
    const text = pack(number),
      digit = (at: number) => text.charCodeAt(at) - (text.charCodeAt(at) > 92 ? 36 : 35);
    assertEquals(unpackNumber(digit(0) * 90 + digit(1)), number);
  }
});
