import { MSG_CMSG_CLOEXEC, SOCK_DGRAM } from "../../ffi/constants/socket.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import { prepareSocket, type Spawned } from "../../ffi/spawn.ts";
import { encodeFdMessage, receiveFdMessage } from "../../ffi/structs/fd_message.ts";

/** By which a process hands a descriptor to runt. */
export interface DescriptorChannel {
  /**
   * Has the process, or the child that goes on in its place, send a descriptor.
   *
   * @param fd its number over there
   * @returns the number here, close-on-exec
   */
  take(fd: number): number;
}

/**
 * Opens a channel to a process that runt will not be permitted to fetch from (`pidfd_getfd(2)`) when it is not dumpable
 * any more: runt's user is not root.
 *
 * ```
 *   first: socketpair ── one end, by pidfd_getfd ──▶ runt
 *   child: sendmsg(SCM_RIGHTS) ────────────────────▶ recvmsg
 * ```
 */
export function openDescriptorChannel(local: LocalKernel, spawned: Spawned): DescriptorChannel {
  const { socket, control } = prepareSocket(local, spawned, SOCK_DGRAM);
  return { take: (fd) => takeOver(local, spawned.kernel, socket, control, fd) };
}

function takeOver(local: LocalKernel, kernel: Kernel, socket: number, theirs: number, fd: number): number {
  kernel.call("sendmsg", [theirs, encodeFdMessage(new Uint8Array(1), [fd]), 0]);
  kernel.close(theirs);
  kernel.flush();
  const { message, fds } = receiveFdMessage(1, 1);
  local.call("recvmsg", [socket, message, MSG_CMSG_CLOEXEC]);
  local.close(socket);
  return fds()[0]!;
}
