/**
 * What comes in twos: the ends of a socket and of a pipe.
 *
 * @module
 */
import { AF_UNIX, SOCK_CLOEXEC } from "./constants/socket.ts";
import { type Kernel, Out } from "./kernel.ts";

/**
 * Two connected unix sockets (`socketpair(2)`), close-on-exec.
 *
 * @param kernel whose; what is queued with it is made
 * @param type `SOCK_*`
 */
export function makeSocketPair(kernel: Kernel, type: number): [one: number, other: number] {
  return makePair(kernel, (pair) => kernel.socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
}

/**
 * A pipe (`pipe2(2)`).
 *
 * @param flags `O_*`
 */
export function makePipe(kernel: Kernel, flags: number): [reader: number, writer: number] {
  return makePair(kernel, (pair) => kernel.call("pipe2", [pair, flags]));
}

function makePair(kernel: Kernel, make: (pair: Out) => void): [number, number] {
  const pair = new Out(8);
  make(pair);
  kernel.flush();
  return [pair.view.getInt32(0, true), pair.view.getInt32(4, true)];
}
