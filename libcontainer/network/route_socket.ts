import {
  AF_NETLINK,
  NETLINK_ROUTE,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "../../ffi/constants/netlink.ts";
import { SOCK_CLOEXEC, SOCK_RAW } from "../../ffi/constants/socket.ts";
import { type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import {
  decodeNetlinkMessages,
  encodeNetlinkMessage,
  isFromKernel,
  type NetlinkAttribute,
  type NetlinkMessage,
  SOCKADDR_NL_SIZE,
} from "../../ffi/structs/netlink.ts";

/** Bytes of the largest packet that the kernel sends. */
const PACKET = 0x8000;

/** Opens a socket of the network namespace that the process of a kernel is in. */
export function openRouteSocket(kernel: Kernel): Result {
  return kernel.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/** Questions and orders to the network of a namespace (rtnetlink(7)). */
export class RouteSocket implements Disposable {
  #sequence = 0;

  /**
   * @param kernel this process
   * @param fd the socket; closed with this
   */
  constructor(readonly kernel: LocalKernel, readonly fd: number) {}

  /**
   * Has something done.
   *
   * @throws {KernelError} with what the kernel answers
   */
  order(
    type: number,
    flags: number,
    struct: Uint8Array,
    attributes?: readonly NetlinkAttribute[],
  ): NetlinkMessage[] {
    return this.#ask(type, NLM_F_REQUEST | NLM_F_ACK | flags, struct, attributes);
  }

  /** Asks for all that there is of something. */
  dump(type: number, struct: Uint8Array): NetlinkMessage[] {
    return this.#ask(type, NLM_F_REQUEST | NLM_F_DUMP, struct);
  }

  #ask(
    type: number,
    flags: number,
    struct: Uint8Array,
    attributes?: readonly NetlinkAttribute[],
  ): NetlinkMessage[] {
    const sequence = ++this.#sequence, { kernel, fd } = this, answers: NetlinkMessage[] = [];
    const message = encodeNetlinkMessage(type, flags, sequence, struct, attributes);
    kernel.call("sendto", [fd, message, message.length, 0, 0, 0]);
    for (;;) {
      const out = new Out(PACKET), from = new Out(SOCKADDR_NL_SIZE);
      const size = new Uint8Array(Uint32Array.of(SOCKADDR_NL_SIZE).buffer);
      const got = kernel.call("recvfrom", [fd, out, PACKET, 0, from, size]).value;
      // In a namespace that is joined, others may have the right to write to this socket.
      if (!isFromKernel(from)) continue;
      for (const answer of decodeNetlinkMessages(out.bytes.subarray(0, got))) {
        if (answer.sequence !== sequence) continue;
        if (answer.type === NLMSG_DONE) return answers;
        if (answer.type !== NLMSG_ERROR) {
          answers.push(answer);
          continue;
        }
        const { buffer, byteOffset } = answer.body;
        const errno = -new DataView(buffer, byteOffset).getInt32(0, true);
        if (errno) kernel.fail("sendto", [fd, message], errno);
        return answers;
      }
    }
  }

  [Symbol.dispose](): void {
    this.kernel.close(this.fd);
  }
}
