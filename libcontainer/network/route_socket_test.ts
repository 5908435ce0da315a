import { assertEquals } from "@std/assert";
import { AF_NETLINK, NLMSG_ERROR, RTM_NEWLINK } from "../../ffi/constants/netlink.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { encodeLinkMessage, encodeNetlinkMessage, SOCKADDR_NL_SIZE } from "../../ffi/structs/netlink.ts";
import { root, testNeeding } from "../../tests/support/needs.ts";
import { findLink } from "./links.ts";
import { openRouteSocket, RouteSocket } from "./route_socket.ts";

/** A port id that no process has. */
const PORT = 0x7ff00001;

function socketAddress(port: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_NL_SIZE), view = new DataView(bytes.buffer);
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(4, port, true);
  return bytes;
}

testNeeding([root], "only the kernel answers, whoever else writes to the socket", () => {
  const kernel = new LocalKernel(openNative());
  using socket = new RouteSocket(kernel, openRouteSocket(kernel).value);
  kernel.bind(socket.fd, socketAddress(PORT));
  const forger = openRouteSocket(kernel), sequence = 1;
  const forged = [
    encodeNetlinkMessage(RTM_NEWLINK, 0, sequence, encodeLinkMessage(777)),
    encodeNetlinkMessage(NLMSG_ERROR, 0, sequence, new Uint8Array(20)),
  ];
  for (const message of forged) {
    kernel.call("sendto", [forger, message, message.length, 0, socketAddress(PORT), SOCKADDR_NL_SIZE]);
  }
  kernel.close(forger);
  assertEquals(findLink(socket, "lo"), 1);
});
