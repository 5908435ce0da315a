import type { TableName } from "./architectures.ts";
import { NAMES, NUMBERS } from "./syscall_table.ts";

/** ARM's private calls, such as `set_tls(2)`: far from all others, so the packed numbers have them at 8000. */
const ARM_PRIVATE = 0xf0000, PACKED_PRIVATE = 8000;

let places: Map<string, number> | undefined;

/** Places of all names in the table. */
export function indexNames(): ReadonlyMap<string, number> {
  if (places !== undefined) return places;
  const names = NAMES.split(" ");
  places = new Map();
  for (let i = 0; i < names.length; i++) places.set(names[i]!, i);
  return places;
}

/**
 * A call's number as the table has it, plus one, and 0 when the architecture has no such call; numbers keep their
 * order. See `tools/generate_syscall_table.ts` for the packing.
 *
 * @param index the name's place, from {@linkcode indexNames}
 */
export function packedNumber(table: TableName, index: number): number {
  const text: string = NUMBERS[table];
  const high = text.charCodeAt(2 * index), low = text.charCodeAt(2 * index + 1);
  return (high - (high > 92 ? 36 : 35)) * 90 + low - (low > 92 ? 36 : 35);
}

/** The number that a packed one stands for. */
export function unpackNumber(packed: number): number {
  return packed > PACKED_PRIVATE ? packed - PACKED_PRIVATE + ARM_PRIVATE : packed - 1;
}

/** `socketcall(2)`'s and `ipc(2)`'s own numbers, the same on all architectures that have them. */
export const SOCKETCALL = 102, IPC = 117;

/** The first argument with which `socketcall(2)` (1 to 20) or `ipc(2)` is one of these calls: linux/net.h, linux/ipc.h. */
export const MULTIPLEXED: Readonly<Record<string, number>> = {
  // deno-fmt-ignore
  ...{ socket: 1, bind: 2, connect: 3, listen: 4, accept: 5, getsockname: 6, getpeername: 7, socketpair: 8, send: 9,
    recv: 10, sendto: 11, recvfrom: 12, shutdown: 13, setsockopt: 14, getsockopt: 15, sendmsg: 16, recvmsg: 17,
    accept4: 18, recvmmsg: 19, sendmmsg: 20 },
  // deno-fmt-ignore
  ...{ semop: 1, semget: 2, semctl: 3, semtimedop: 4, msgsnd: 11, msgrcv: 12, msgget: 13, msgctl: 14, shmat: 21,
    shmdt: 22, shmget: 23, shmctl: 24 },
};

/** Whether a multiplexed call is one of `ipc(2)`'s. */
export function isIpc(name: string): boolean {
  return name.startsWith("sem") || name.startsWith("msg") || name.startsWith("shm");
}
