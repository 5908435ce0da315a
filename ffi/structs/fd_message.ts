import { SCM_RIGHTS, SOL_SOCKET } from "../constants/socket.ts";
import type { Fd } from "../kernel.ts";
import { Block, type BlockPart, Out, Result } from "../operation.ts";

/*
 * struct msghdr (56 bytes)                struct iovec          struct cmsghdr, then descriptors
 *  0 name  8 namelen  16 iov ───────────▶  0 base  8 len         0 len (u64)  8 level  12 type  16 fd …
 * 24 iovlen  32 control ───────────────────────────────────────▶ (padded to 8)
 * 40 controllen  48 flags
 */
const MSGHDR = 56, IOVEC = 16, CMSGHDR = 16;

/** Bytes of a control message of `count` descriptors: `CMSG_SPACE`. */
function controlSpace(count: number): number {
  return CMSGHDR + ((4 * count + 7) & ~7);
}

function messageHeader(data: Uint8Array | Out, size: number, control: Block | Out, space: number): Block {
  const header = new Uint8Array(MSGHDR), view = new DataView(header.buffer);
  const iovec = new Uint8Array(IOVEC);
  new DataView(iovec.buffer).setUint32(8, size, true);
  view.setUint32(24, 1, true);
  view.setUint32(40, space, true);
  return new Block(header, [
    { at: 16, value: new Block(iovec, [{ at: 0, value: data }]) },
    { at: 32, value: control },
  ]);
}

/**
 * `struct msghdr` for sendmsg(2) that hands over descriptors: cmsg(3), `SCM_RIGHTS` of unix(7).
 *
 * @param data at least one byte, or no message is sent
 * @param fds the descriptors, 253 at the most
 */
export function encodeFdMessage(data: Uint8Array, fds: readonly Fd[]): Block {
  const space = controlSpace(fds.length),
    control = new Uint8Array(space),
    view = new DataView(control.buffer);
  const parts: BlockPart[] = [];
  view.setUint32(0, CMSGHDR + 4 * fds.length, true);
  view.setInt32(8, SOL_SOCKET, true);
  view.setInt32(12, SCM_RIGHTS, true);
  fds.forEach((fd, i) => {
    if (fd instanceof Result) parts.push({ at: CMSGHDR + 4 * i, value: fd, size: 4 });
    else view.setInt32(CMSGHDR + 4 * i, fd, true);
  });
  return messageHeader(data, data.length, new Block(control, parts), space);
}

/** `struct msghdr` for recvmsg(2), and how to read what came. */
export interface FdMessageReceiver {
  readonly message: Block;
  /** What was sent; as long as recvmsg(2) returns. */
  readonly data: Out;
  /** The descriptors that came; call after recvmsg(2). */
  readonly fds: () => number[];
}

/**
 * Room for a message with descriptors.
 *
 * @param size bytes of data
 * @param count how many descriptors may come; more are closed by the kernel
 */
export function receiveFdMessage(size: number, count: number): FdMessageReceiver {
  const data = new Out(size), control = new Out(controlSpace(count));
  const fds = () => {
    // The kernel leaves the control region alone when none came: it is zero, and so is its length.
    const { view } = control, end = Math.min(view.getUint32(0, true), control.size), found: number[] = [];
    if (view.getInt32(8, true) !== SOL_SOCKET || view.getInt32(12, true) !== SCM_RIGHTS) return found;
    for (let at = CMSGHDR; at + 4 <= end; at += 4) found.push(view.getInt32(at, true));
    return found;
  };
  return { message: messageHeader(data, size, control, control.size), data, fds };
}
