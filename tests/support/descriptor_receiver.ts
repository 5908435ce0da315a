/**
 * Who listens on a unix socket for descriptors, as callers of a runtime do.
 *
 * @module
 */
import { AF_UNIX, MSG_CMSG_CLOEXEC, SOCK_CLOEXEC, SOCK_STREAM } from "../../ffi/constants/socket.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { receiveFdMessage } from "../../ffi/structs/fd_message.ts";
import { bindUnixSocket } from "../../libcontainer/process/unix_socket.ts";

/** A message as it came. */
export interface Received {
  /** Bytes of the message as text. */
  readonly words: string;
  readonly fds: readonly number[];
}

/** A listening stream socket. Who connects need not be waited for: what was sent stays in the connection. */
export class DescriptorReceiver implements Disposable {
  readonly kernel = new LocalKernel(openNative());
  readonly #socket: number;

  constructor(readonly path: string) {
    const socket = this.kernel.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bindUnixSocket(this.kernel, socket, path);
    this.kernel.call("listen", [socket, 8]);
    this.#socket = socket.value;
  }

  /** The first message of the next connection, which must have been made. */
  receive(): Received {
    const connection = this.kernel.call("accept4", [this.#socket, 0, 0, SOCK_CLOEXEC]);
    const { message, data, fds } = receiveFdMessage(4096, 4);
    const length = this.kernel.call("recvmsg", [connection, message, MSG_CMSG_CLOEXEC]).value;
    this.kernel.close(connection);
    return { words: new TextDecoder().decode(data.bytes.subarray(0, length)), fds: fds() };
  }

  [Symbol.dispose](): void {
    this.kernel.close(this.#socket);
  }
}
