import { assertEquals } from "@std/assert";
import { bytesInC } from "../../tests/support/c_struct.ts";
import { skipWithout } from "../../tests/support/tools.ts";
import { makeRaw, TERMIOS_SIZE, withoutReturns } from "./termios.ts";

const HEADERS = ["asm/termbits.h"];
const ALL = ".c_iflag = ~0u, .c_cflag = ~0u, .c_lflag = ~0u";
const RAW = "~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)";

Deno.test({
  name: "raw modes are those of cfmakeraw(3), with the output processed",
  ignore: skipWithout("raw modes, against C", "gcc"),
  fn: () => {
    const modes = bytesInC(
      HEADERS,
      `struct termios v = { ${ALL}, .c_oflag = ONLCR, .c_line = 7, .c_cc = { 3, 28, [VTIME] = 9, [VMIN] = 4 } };`,
    );
    const raw = bytesInC(
      HEADERS,
      `struct termios v = { .c_iflag = ${RAW}, .c_oflag = ONLCR | OPOST, .c_cflag = ~0u & ~PARENB, ` +
        `.c_lflag = ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN), .c_line = 7, .c_cc = { 3, 28, [VTIME] = 0, [VMIN] = 1 } };`,
    );
    assertEquals(modes.length, TERMIOS_SIZE);
    assertEquals(makeRaw(modes), raw);
    const plain = bytesInC(
      HEADERS,
      `struct termios v = { ${ALL}, .c_oflag = 0, .c_line = 7, .c_cc = { 3, 28, [VTIME] = 9, [VMIN] = 4 } };`,
    );
    assertEquals(withoutReturns(modes), plain);
  },
});
