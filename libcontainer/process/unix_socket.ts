/**
 * Sockets of runt's caller: who gives the path of one wants a descriptor sent there, of a terminal or of a process.
 *
 * @module
 */
import { errnoText } from "../errno_text.ts";
import { F_SETFL } from "../../ffi/constants/fcntl.ts";
import { O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../ffi/constants/open.ts";
import {
  AF_UNIX,
  MSG_NOSIGNAL,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
} from "../../ffi/constants/socket.ts";
import { AT_FDCWD, type Fd, type Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { encodeFdMessage } from "../../ffi/structs/fd_message.ts";
import { encodeSockaddrUn, SUN_PATH_MAX } from "../../ffi/structs/sockaddr_un.ts";
import { RuntError } from "../error.ts";

/** No descriptor of runt's has a longer number. */
const LAST_FD = 9999;

/**
 * Connects to a unix socket.
 *
 * @param kernel this process's
 * @param path of any length, though an address of a socket is short; one with `@` in front is an abstract name
 * @param from a directory that a relative path is taken from; the working directory unless told
 * @returns the connection, closed on exec
 * @throws {RuntError} `io`, in the words of Go's `net.Dial`, which runc's callers know
 */
export function connectUnixSocket(kernel: Kernel, path: string, type = SOCK_STREAM, from = ""): number {
  const network = type === SOCK_STREAM ? "unix" : "unixgram";
  // No directory helps a name that is too long by itself.
  if (!fits(path.startsWith("@") ? path : fromDirectory(LAST_FD, path))) {
    throw new RuntError("io", `dial ${network} ${path}: connect: invalid argument`, {
      hint: "the socket's name is too long",
    });
  }
  const place = from && !/^[/@]/.test(path) ? `${from}/${path}` : path;
  const socket = kernel.socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0).value;
  try {
    // As Go's, it does not wait for a listener that has fallen behind: he may never come to it.
    withAddress(kernel, place, (address) => kernel.connect(socket, address));
    kernel.fcntl(socket, F_SETFL, 0);
  } catch (error) {
    kernel.close(socket);
    if (!(error instanceof KernelError)) throw error;
    throw new RuntError("io", `dial ${network} ${path}: ${error.syscall}: ${errnoText(error)}`);
  }
  return socket;
}

/** Binds a socket to a path, which must not be there. */
export function bindUnixSocket(kernel: Kernel, socket: Fd, path: string): void {
  withAddress(kernel, path, (address) => kernel.bind(socket, address));
}

/**
 * Sends a descriptor and some words (`SCM_RIGHTS` of `unix(7)`).
 *
 * @param words at least one character
 */
export function sendDescriptor(kernel: Kernel, socket: Fd, words: string, fd: Fd): void {
  kernel.sendmsg(socket, encodeFdMessage(new TextEncoder().encode(words), [fd]), MSG_NOSIGNAL);
}

function fits(path: string): boolean {
  return new TextEncoder().encode(path).length <= SUN_PATH_MAX;
}

function fromDirectory(directory: number, path: string): string {
  return `/proc/self/fd/${directory}/${path.slice(path.lastIndexOf("/") + 1)}`;
}

/** A path that is too long for an address is one from its directory. */
function withAddress(kernel: Kernel, given: string, use: (address: Uint8Array) => void): void {
  const path = given.startsWith("@") ? `\0${given.slice(1)}` : given;
  if (fits(path)) return use(encodeSockaddrUn(path));
  const slash = path.lastIndexOf("/");
  const directory = kernel.openat(
    AT_FDCWD,
    path.slice(0, slash + 1) || ".",
    O_PATH | O_DIRECTORY | O_CLOEXEC,
  );
  try {
    use(encodeSockaddrUn(fromDirectory(directory.value, path)));
  } finally {
    kernel.close(directory);
  }
}
