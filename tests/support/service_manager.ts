/**
 * What a service manager is to a service: the socket of `NOTIFY_SOCKET`, which it reads.
 *
 * @module
 */
import { POLLIN } from "../../ffi/constants/poll.ts";
import { AF_UNIX, MSG_CMSG_CLOEXEC, SOCK_CLOEXEC, SOCK_DGRAM } from "../../ffi/constants/socket.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { receiveFdMessage } from "../../ffi/structs/fd_message.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { bindUnixSocket } from "../../libcontainer/process/unix_socket.ts";

/** The socket. Descriptors that come with a message are closed at once, as systemd does with a barrier's. */
export class ServiceManager implements Disposable {
  readonly #kernel = new LocalKernel(openNative());
  readonly #socket: number;

  constructor(readonly path: string) {
    this.#socket = this.#kernel.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0).value;
    bindUnixSocket(this.#kernel, this.#socket, path);
  }

  /** The next message, and how many descriptors came with it; undefined when none comes in time. */
  async receive(seconds = 60): Promise<string | undefined> {
    const readable = encodePollfds([{ fd: this.#socket, events: POLLIN }]);
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      // Without blocking: the runtime's end is waited for by this same thread.
      if (this.#kernel.poll(readable, 1, 0).value > 0) return this.#read();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return undefined;
  }

  #read(): string {
    const { message, data, fds } = receiveFdMessage(4096, 4);
    const length = this.#kernel.call("recvmsg", [this.#socket, message, MSG_CMSG_CLOEXEC]).value;
    const text = new TextDecoder().decode(data.bytes.subarray(0, length));
    for (const fd of fds()) this.#kernel.close(fd);
    return fds().length ? `${text} with ${fds().length} descriptor` : text;
  }

  [Symbol.dispose](): void {
    this.#kernel.close(this.#socket);
  }
}
