import { assertEquals } from "@std/assert";

import { runC, skipWithout } from "../../tests/support/tools.ts";
import {
  decodeAddressMessage,
  decodeLinkIndex,
  decodeNetlinkAttributes,
  decodeNetlinkMessages,
  encodeAddressMessage,
  encodeLinkMessage,
  encodeNetlinkMessage,
  IFADDRMSG_SIZE,
  IFINFOMSG_SIZE,
  NLMSGHDR_SIZE,
  RTATTR_SIZE,
  SOCKADDR_NL_SIZE,
} from "./netlink.ts";

Deno.test({
  name: "the structs of netlink have the sizes that C has",
  ignore: skipWithout("structs of netlink, against the headers of C", "gcc"),
  fn: () => {
    const types = ["nlmsghdr", "rtattr", "ifinfomsg", "ifaddrmsg", "sockaddr_nl"];
    const sizes = runC(
      ["linux/rtnetlink.h"],
      types.map((type) => `printf("%zu\\n", sizeof(struct ${type}));`).join("\n"),
    );
    assertEquals(sizes.map(Number), [
      NLMSGHDR_SIZE,
      RTATTR_SIZE,
      IFINFOMSG_SIZE,
      IFADDRMSG_SIZE,
      SOCKADDR_NL_SIZE,
    ]);
  },
});

Deno.test("a message of netlink is read as it was written, its parts aligned", () => {
  const attributes = [[3, Uint8Array.of(1, 2, 3)], [28, Uint8Array.of(9)]] as const;
  const one = encodeNetlinkMessage(16, 5, 7, encodeLinkMessage(42, 1, 1), attributes);
  assertEquals(one.length, 16 + 16 + 8 + 8);
  const two = encodeNetlinkMessage(20, 5, 8, Uint8Array.of(1, 2, 3, 4, 5, 0, 0, 0));
  const messages = decodeNetlinkMessages(Uint8Array.of(...one, ...two, 99, 0));
  assertEquals(messages.map(({ type, sequence }) => [type, sequence]), [[16, 7], [20, 8]]);
  assertEquals(decodeLinkIndex(messages[0]!.body), 42);
  assertEquals([...decodeNetlinkAttributes(messages[0]!.body.subarray(16))], [
    [3, Uint8Array.of(1, 2, 3)],
    [28, Uint8Array.of(9)],
  ]);
});

Deno.test("an address of a link is read as it was written", () => {
  const address = { family: 2, prefixLength: 24, flags: 0x80, scope: 0, index: 70000 };
  assertEquals(decodeAddressMessage(encodeAddressMessage(address)), address);
});
