import { assertEquals } from "@std/assert";
import { AF_INET } from "../../ffi/constants/socket.ts";
import {
  decodeNetlinkAttributes,
  encodeAddressMessage,
  encodeNetlinkMessage,
} from "../../ffi/structs/netlink.ts";
import { addAddress, findLink, lastingAddresses } from "./links.ts";
import type { RouteSocket } from "./route_socket.ts";

const IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_FLAGS = 8;

/** A socket that answers with these bodies, and notes what it is told. */
function socketWith(bodies: Uint8Array[] = []) {
  const orders: { type: number; struct: Uint8Array; attributes: Map<number, Uint8Array> }[] = [];
  const answer = () => bodies.map((body) => ({ type: 0, sequence: 1, body }));
  const socket = {
    order: (type: number, _: number, struct: Uint8Array, attributes: [number, Uint8Array][] = []) => {
      orders.push({ type, struct, attributes: new Map(attributes) });
      return answer();
    },
    dump: answer,
  };
  return { socket: socket as unknown as RouteSocket, orders };
}

/** An address as the kernel tells of it. */
function address(
  part: { index?: number; flags?: number; scope?: number; wide?: number },
  last: number,
): Uint8Array {
  const { index = 5, flags = 0x80, scope = 0, wide } = part;
  const struct = encodeAddressMessage({ family: AF_INET, prefixLength: 24, flags, scope, index });
  const all = new Uint8Array(4);
  new DataView(all.buffer).setUint32(0, wide ?? 0, true);
  const message = encodeNetlinkMessage(20, 0, 1, struct, [
    [IFA_ADDRESS, Uint8Array.of(192, 0, 2, 1)],
    [IFA_LOCAL, Uint8Array.of(192, 0, 2, last)],
    ...(wide === undefined ? [] : [[IFA_FLAGS, all] as const]),
  ]);
  return message.subarray(16);
}

Deno.test("addresses that go with a device are its own, permanent and valid everywhere", () => {
  const { socket } = socketWith([
    address({}, 10),
    address({ index: 6 }, 11),
    address({ flags: 0 }, 12),
    address({ scope: 253 }, 13),
    // All the flags are in the attribute.
    address({ flags: 0, wide: 0x280 }, 14),
    address({ flags: 0x80, wide: 0x200 }, 15),
  ]);
  assertEquals(lastingAddresses(socket, 5).map(({ address }) => [...address]), [
    [192, 0, 2, 10],
    [192, 0, 2, 14],
  ]);
});

Deno.test("an address of IPv4 gets the broadcast address of its network, if that has one", () => {
  const broadcastOf = (prefixLength: number, address: number[]) => {
    const { socket, orders } = socketWith();
    const family = address.length === 4 ? AF_INET : 10;
    addAddress(socket, 5, {
      family,
      prefixLength,
      flags: 0,
      scope: 0,
      index: 5,
      address: Uint8Array.from(address),
    });
    const bytes = orders[0]!.attributes.get(IFA_BROADCAST);
    return bytes && [...bytes];
  };
  assertEquals(broadcastOf(24, [192, 0, 2, 5]), [192, 0, 2, 255]);
  assertEquals(broadcastOf(20, [10, 1, 34, 5]), [10, 1, 47, 255]);
  assertEquals(broadcastOf(0, [10, 1, 34, 5]), [255, 255, 255, 255]);
  assertEquals(broadcastOf(31, [10, 1, 34, 5]), undefined);
  assertEquals(broadcastOf(64, new Array(16).fill(1)), undefined);
});

Deno.test("a link is asked for by its name", () => {
  const { socket, orders } = socketWith();
  assertEquals(findLink(socket, "eth0"), undefined);
  assertEquals(new TextDecoder().decode(orders[0]!.attributes.get(3)), "eth0\0");
  const body = new Uint8Array(16);
  body[4] = 7;
  assertEquals(findLink(socketWith([body]).socket, "eth0"), 7);
  assertEquals(decodeNetlinkAttributes(new Uint8Array(3)).size, 0);
});
