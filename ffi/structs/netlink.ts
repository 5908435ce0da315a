/**
 * Messages of netlink(7), which are made of a header, a struct and attributes, all aligned to 4 bytes.
 *
 * ```
 *  0        4      6       8          12        16
 *  ┌────────┬──────┬───────┬──────────┬─────────┬────────┬───────────────────────────
 *  │ length │ type │ flags │ sequence │ port id │ struct │ attributes: length, type, …
 *  └────────┴──────┴───────┴──────────┴─────────┴────────┴───────────────────────────
 * ```
 *
 * @module
 */

import type { Out } from "../operation.ts";

/** Bytes of `struct nlmsghdr`, `struct rtattr`, `struct ifinfomsg`, `struct ifaddrmsg`. */
export const NLMSGHDR_SIZE = 16, RTATTR_SIZE = 4, IFINFOMSG_SIZE = 16, IFADDRMSG_SIZE = 8;

/** Bytes of `struct sockaddr_nl`. */
export const SOCKADDR_NL_SIZE = 12;

/** Whether a `struct sockaddr_nl` is the kernel's, whose port id is 0. */
export function isFromKernel({ view }: Pick<Out, "view">): boolean {
  return view.getUint32(4, true) === 0;
}

/** A message that came. */
export interface NetlinkMessage {
  readonly type: number;
  readonly sequence: number;
  /** Behind the header. */
  readonly body: Uint8Array;
}

/** An attribute: its type and its value. */
export type NetlinkAttribute = readonly [type: number, value: Uint8Array];

/** A message for the kernel. */
export function encodeNetlinkMessage(
  type: number,
  flags: number,
  sequence: number,
  struct: Uint8Array,
  attributes: readonly NetlinkAttribute[] = [],
): Uint8Array {
  const size = attributes.reduce(
    (sum, [, value]) => sum + aligned(RTATTR_SIZE + value.length),
    NLMSGHDR_SIZE + aligned(struct.length),
  );
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  view.setUint32(0, size, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  bytes.set(struct, NLMSGHDR_SIZE);
  let at = NLMSGHDR_SIZE + aligned(struct.length);
  for (const [kind, value] of attributes) {
    view.setUint16(at, RTATTR_SIZE + value.length, true);
    view.setUint16(at + 2, kind, true);
    bytes.set(value, at + RTATTR_SIZE);
    at += aligned(RTATTR_SIZE + value.length);
  }
  return bytes;
}

/** The messages of one packet. */
export function decodeNetlinkMessages(bytes: Uint8Array): NetlinkMessage[] {
  const view = viewOf(bytes), messages: NetlinkMessage[] = [];
  for (let at = 0; at + NLMSGHDR_SIZE <= bytes.length;) {
    const size = view.getUint32(at, true);
    if (size < NLMSGHDR_SIZE || at + size > bytes.length) break;
    messages.push({
      type: view.getUint16(at + 4, true),
      sequence: view.getUint32(at + 8, true),
      body: bytes.subarray(at + NLMSGHDR_SIZE, at + size),
    });
    at += aligned(size);
  }
  return messages;
}

/** The attributes behind a struct. */
export function decodeNetlinkAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  const view = viewOf(bytes), attributes = new Map<number, Uint8Array>();
  for (let at = 0; at + RTATTR_SIZE <= bytes.length;) {
    const size = view.getUint16(at, true);
    if (size < RTATTR_SIZE || at + size > bytes.length) break;
    attributes.set(view.getUint16(at + 2, true), bytes.subarray(at + RTATTR_SIZE, at + size));
    at += aligned(size);
  }
  return attributes;
}

/** `struct ifinfomsg`: a link; of its flags those in `change` are set to what they are in `flags`. */
export function encodeLinkMessage(index: number, flags = 0, change = 0): Uint8Array {
  const bytes = new Uint8Array(IFINFOMSG_SIZE), view = viewOf(bytes);
  view.setInt32(4, index, true);
  view.setUint32(8, flags, true);
  view.setUint32(12, change, true);
  return bytes;
}

/** A network address of a link, as `struct ifaddrmsg` has it. */
export interface AddressMessage {
  /** `AF_INET` or `AF_INET6`. */
  readonly family: number;
  readonly prefixLength: number;
  /** `IFA_F_*`, the lowest eight. */
  readonly flags: number;
  /** `RT_SCOPE_*` */
  readonly scope: number;
  readonly index: number;
}

/** `struct ifaddrmsg` */
export function encodeAddressMessage(
  { family, prefixLength, flags, scope, index }: AddressMessage,
): Uint8Array {
  const bytes = Uint8Array.of(family, prefixLength, flags, scope, 0, 0, 0, 0);
  viewOf(bytes).setUint32(4, index, true);
  return bytes;
}

/** `struct ifaddrmsg` at the start of a body. */
export function decodeAddressMessage(body: Uint8Array): AddressMessage {
  const [family = 0, prefixLength = 0, flags = 0, scope = 0] = body;
  return { family, prefixLength, flags, scope, index: viewOf(body).getUint32(4, true) };
}

/** The index of the link in `struct ifinfomsg`. */
export function decodeLinkIndex(body: Uint8Array): number {
  return viewOf(body).getInt32(4, true);
}

/** The flags of the link in `struct ifinfomsg`: `IFF_*`. */
export function decodeLinkFlags(body: Uint8Array): number {
  return viewOf(body).getUint32(8, true);
}

function aligned(size: number): number {
  return size + 3 & ~3;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
