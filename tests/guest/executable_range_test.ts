import { assertThrows } from "@std/assert";
import { checkExecutableRange } from "./executable_range.ts";

function check(type: number, entry: bigint): void {
  const path = Deno.makeTempFileSync();
  try {
    const view = new DataView(new ArrayBuffer(64));
    view.setUint16(16, type, true);
    view.setBigUint64(24, entry, true);
    Deno.writeFileSync(path, new Uint8Array(view.buffer));
    checkExecutableRange(path);
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("checkExecutableRange() refuses a fixed address beyond half a TiB, and nothing else", () => {
  assertThrows(() => check(2, 0x1000_0000_0000n), Error, "linked to 0x100000000000");
  assertThrows(() => check(2, 0x7fc0000000n));
  check(2, 0x7fbfffffffn);
  check(3, 0x1000_0000_0000n);
});
