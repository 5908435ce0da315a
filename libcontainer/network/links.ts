import {
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_F_PERMANENT,
  IFA_FLAGS,
  IFA_LOCAL,
  IFF_UP,
  IFLA_IFNAME,
  IFLA_NET_NS_FD,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RT_SCOPE_UNIVERSE,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from "../../ffi/constants/netlink.ts";
import { AF_INET } from "../../ffi/constants/socket.ts";
import {
  type AddressMessage,
  decodeAddressMessage,
  decodeLinkFlags,
  decodeLinkIndex,
  decodeNetlinkAttributes,
  encodeAddressMessage,
  encodeLinkMessage,
  IFADDRMSG_SIZE,
} from "../../ffi/structs/netlink.ts";
import type { RouteSocket } from "./route_socket.ts";

/** An address that a link has. */
export interface LinkAddress extends AddressMessage {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
}

/** The index of a link; undefined when there is none of that name. */
export function findLink(socket: RouteSocket, name: string): number | undefined {
  const [answer] = socket.order(RTM_GETLINK, 0, encodeLinkMessage(0), [[IFLA_IFNAME, nameBytes(name)]]);
  return answer && decodeLinkIndex(answer.body);
}

/** Whether a link is up, as somebody has set it. */
export function isLinkUp(socket: RouteSocket, index: number): boolean {
  const [answer] = socket.order(RTM_GETLINK, 0, encodeLinkMessage(index));
  return answer !== undefined && (decodeLinkFlags(answer.body) & IFF_UP) !== 0;
}

/** Takes a link down, or up. */
export function setLink(socket: RouteSocket, index: number, up: boolean): void {
  socket.order(RTM_NEWLINK, 0, encodeLinkMessage(index, up ? IFF_UP : 0, IFF_UP));
}

/** Moves a link to another namespace and gives it a name; nobody sees it there under its old one. */
export function moveLink(socket: RouteSocket, index: number, namespace: number, name: string): void {
  const fd = new Uint8Array(4);
  new DataView(fd.buffer).setUint32(0, namespace, true);
  socket.order(RTM_NEWLINK, 0, encodeLinkMessage(index), [
    [IFLA_IFNAME, nameBytes(name)],
    [IFLA_NET_NS_FD, fd],
  ]);
}

/** The addresses of a link that go with it: those that somebody has given it for good, and that are valid everywhere. */
export function lastingAddresses(socket: RouteSocket, index: number): LinkAddress[] {
  const family = new Uint8Array(IFADDRMSG_SIZE);
  return socket.dump(RTM_GETADDR, family).flatMap(({ body }) => {
    const message = decodeAddressMessage(body),
      attributes = decodeNetlinkAttributes(body.subarray(IFADDRMSG_SIZE));
    const address = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
    const lasts = (flagsOf(message, attributes.get(IFA_FLAGS)) & IFA_F_PERMANENT) !== 0;
    if (message.index !== index || !lasts || message.scope !== RT_SCOPE_UNIVERSE || !address) return [];
    return [{ ...message, address: address.slice() }];
  });
}

/** Gives a link an address; with IPv4, the broadcast address of its network as well. */
export function addAddress(
  socket: RouteSocket,
  index: number,
  { family, prefixLength, address }: LinkAddress,
): void {
  const message = { family, prefixLength, flags: 0, scope: RT_SCOPE_UNIVERSE, index };
  const hasBroadcast = family === AF_INET && prefixLength < 31;
  socket.order(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, encodeAddressMessage(message), [
    [IFA_LOCAL, address],
    [IFA_ADDRESS, address],
    ...(hasBroadcast ? [[IFA_BROADCAST, lastAddress(address, prefixLength)] as const] : []),
  ]);
}

/** The last address of a network. */
function lastAddress(address: Uint8Array, prefixLength: number): Uint8Array {
  return address.map((byte, i) => byte | 0xff >> Math.min(8, Math.max(0, prefixLength - 8 * i)));
}

/** The flags, of which eight have room in the struct, and all in an attribute. */
function flagsOf({ flags }: AddressMessage, all: Uint8Array | undefined): number {
  return all ? new DataView(all.buffer, all.byteOffset).getUint32(0, true) : flags;
}

function nameBytes(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\0`);
}
