import { assertEquals, assertThrows } from "@std/assert";
import { formatTable, pack, parseTable } from "./generate_syscall_table.ts";

const CSV = "#syscall (v7.1.0 2026-05-19),x86,x86_kver,arm,arm_kver,s390,s390_kver\n" +
  "write,4,SCMP_KV_UNDEF,4,SCMP_KV_UNDEF,PNR,SCMP_KV_UNDEF\n" +
  "read,3,SCMP_KV_UNDEF,PNR,SCMP_KV_UNDEF,PNR,SCMP_KV_UNDEF\n";

Deno.test("parseTable() reads the version and a number for each architecture", () => {
  const { version, rows } = parseTable(CSV);
  assertEquals(version, "v7.1.0");
  assertEquals(rows.get("read"), { x86: 3, arm: undefined, s390: undefined });
});

Deno.test("formatTable() sorts the names, and takes s390 from its own table", () => {
  const text = formatTable(CSV, "# syscall (v6.18.0 2026-06-18),s390\nread,3\nwrite,4\n");
  assertEquals(text.includes('"read write"'), true);
  assertEquals(text.includes(`"${pack(3)}${pack(4)}"`), true);
  assertEquals(text.includes(`"${pack(undefined)}${pack(4)}"`), true);
});

Deno.test("pack() has two characters for any number, ARM's private ones too, and no others", () => {
  for (const number of [0, 89, 5000, 0xf0001]) assertEquals(pack(number).length, 2);
  assertThrows(() => pack(9000), RangeError);
});
