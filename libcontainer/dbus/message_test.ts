import { assertEquals, assertThrows } from "@std/assert";
import { decodeMessage, encodeMessage, messageSize, METHOD_CALL } from "./message.ts";
import { variant } from "./value.ts";

/** What systemd's busctl sends, for the same two calls; of the second without its flag that permits to ask for a password. */
const HELLO =
  "6c01000100000000010000006d00000001016f00150000002f6f72672f667265656465736b746f702f44427573000000" +
  "030173000500000048656c6c6f00000002017300140000006f72672e667265656465736b746f702e44427573000000000601730014000000" +
  "6f72672e667265656465736b746f702e4442757300000000";
const START =
  "6c0100016000000002000000b600000001016f00190000002f6f72672f667265656465736b746f702f73797374656d6431" +
  "00000000000000030173001200000053746172745472616e7369656e74556e697400000000000002017300200000006f72672e6672656564" +
  "65736b746f702e73797374656d64312e4d616e61676572000000000000000006017300180000006f72672e667265656465736b746f702e73" +
  "797374656d6431000000000000000008016700107373612873762961287361287376292900000007000000612e73636f7065000700000072" +
  "65706c61636500380000000000000005000000536c6963650001730000000007000000622e736c6963650000000000040000005049447300" +
  "0261750000000004000000671200000000000000000000";

const START_HEADER = {
  type: METHOD_CALL,
  serial: 2,
  path: "/org/freedesktop/systemd1",
  interface: "org.freedesktop.systemd1.Manager",
  member: "StartTransientUnit",
  destination: "org.freedesktop.systemd1",
  signature: "ssa(sv)a(sa(sv))",
};
const START_BODY = [
  "a.scope",
  "replace",
  [["Slice", variant("s", "b.slice")], ["PIDs", variant("au", [4711])]],
  [],
];

Deno.test("encodeMessage() writes what systemd's own client writes", () => {
  const bus = "org.freedesktop.DBus";
  const hello = encodeMessage({
    type: METHOD_CALL,
    serial: 1,
    path: "/org/freedesktop/DBus",
    interface: bus,
    member: "Hello",
    destination: bus,
  });
  assertEquals(hello.toHex(), HELLO);
  assertEquals(encodeMessage(START_HEADER, START_BODY).toHex(), START);
});

Deno.test("decodeMessage() reads it", () => {
  const bytes = Uint8Array.fromHex(START);
  assertEquals(messageSize(bytes.subarray(0, 16)), bytes.length);
  const { body, ...header } = decodeMessage(bytes);
  assertEquals(header, START_HEADER);
  assertEquals(body(), START_BODY);
});

Deno.test("messageSize() refuses what is no message, or too long a one", () => {
  const head = (change: (bytes: Uint8Array) => void) => {
    const bytes = Uint8Array.fromHex(HELLO).slice(0, 16);
    change(bytes);
    return () => messageSize(bytes);
  };
  assertThrows(head((bytes) => bytes[0] = 0), RangeError, "not a message");
  assertThrows(head((bytes) => bytes[3] = 2), RangeError, "version is 2");
  assertThrows(head((bytes) => bytes.fill(0xff, 4, 8)), RangeError, "too long");
  assertThrows(head((bytes) => bytes.fill(0xff, 12, 16)), RangeError, "too long");
});

Deno.test("decodeMessage() does not take a header field of another type, nor one that it does not know", () => {
  const bytes = Uint8Array.fromHex(HELLO);
  bytes[16] = 99;
  assertEquals(decodeMessage(bytes).path, undefined);
  assertEquals(decodeMessage(bytes).member, "Hello");
  bytes[16] = 2; // the interface, but with the type of a path
  assertEquals(decodeMessage(bytes).interface, "org.freedesktop.DBus");
});

Deno.test("decodeMessage() never reads beyond the end, whichever byte is changed", () => {
  for (let at = 1; at < START.length / 2; at++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const bytes = Uint8Array.fromHex(START);
      bytes[at] = value;
      try {
        decodeMessage(bytes).body();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
  }
});
