import { MS_SLAVE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE } from "../../ffi/constants/open.ts";
import { MSG_CMSG_CLOEXEC, SOCK_DGRAM } from "../../ffi/constants/socket.ts";
import type { Fd, Kernel } from "../../ffi/kernel.ts";
import { makeSocketPair } from "../../ffi/pairs.ts";
import { encodeFdMessage, receiveFdMessage } from "../../ffi/structs/fd_message.ts";
import { cloneSource } from "./bind_mount.ts";

/**
 * Clones a mount tree of the host with runt's own rights, and hands it to the container's process: in a user
 * namespace that may not be able to reach the path, such as one below a directory of root's alone.
 *
 * ```
 *   runt: open_tree(source) ── SCM_RIGHTS, over a socket fetched with pidfd_getfd ──▶ process: move_mount(…)
 * ```
 *
 * @param local runt's own kernel
 * @param kernel the container's process's
 * @param pidfd of that process
 * @returns the tree, detached, over there
 * @throws {KernelError} when runt cannot reach it either
 */
export function fetchHostSource(
  local: Kernel,
  kernel: Kernel,
  pidfd: number,
  source: string,
  recursive: boolean,
): Fd {
  const tree = cloneSource(local, source, recursive);
  // Over there all mounts are slaves of the host's.
  local.mountSetattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, { propagation: MS_SLAVE });
  return handOver(local, kernel, pidfd, tree.value);
}

/**
 * Hands a descriptor of runt's to the container's process, and closes it here.
 *
 * @returns its number over there, close-on-exec
 */
export function handOver(local: Kernel, kernel: Kernel, pidfd: number, fd: number): number {
  const [near, far] = makeSocketPair(kernel, SOCK_DGRAM);
  const socket = local.pidfdGetfd(pidfd, near);
  local.call("sendmsg", [socket, encodeFdMessage(new Uint8Array(1), [fd]), 0]);
  local.close(socket);
  local.close(fd);
  const { message, fds } = receiveFdMessage(1, 1);
  kernel.call("recvmsg", [far, message, MSG_CMSG_CLOEXEC]);
  kernel.close(near);
  kernel.close(far);
  kernel.flush();
  return fds()[0]!;
}
