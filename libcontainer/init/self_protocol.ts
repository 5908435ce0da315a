/**
 * What runt and `runt init` (self mode) say to each other over the control socket. Both ends are in this file.
 *
 * ```
 *   runt                                   runt init
 *    │ ── config, context ─────────────────▶ │  runs the steps of order.ts on its own kernel
 *    │ ◀───────────────────────── procHooks ─│  all is mounted (or procError: code, message, path, hint)
 *    │    hooks of the host                  │
 *    │ ── procHooksDone ───────────────────▶ │  hooks of the container; pivot
 *    │ ◀───────────────────────── procReady ─│
 *    │    takes the terminal; limits         │
 *    │ ── procLimited ─────────────────────▶ │  becomes the user, looks the program up
 *    │ ◀─────────────── procSeccomp, if ever ─│  has a descriptor for an agent
 *    │ ── procSeccompDone ─────────────────▶ │
 *    │ ◀───────────────────────── procReady ─│
 *    │    state, pid file                    │
 *    │ ── procRun ─────────────────────────▶ │  the tail: wait for start, exec
 *    │ ◀──────────────────────── end of file │
 * ```
 *
 * A message is JSON in packets of a SEQPACKET socket: its length first, then its bytes.
 *
 * @module
 */
import { EINTR } from "../../ffi/errno.ts";
import type { Native } from "../../ffi/native.ts";
import type { Config } from "../config/config.ts";
import { type ErrorCode, RuntError } from "../error.ts";
import type { InitContext } from "./context.ts";

/** The environment variable that tells `runt init` its socket. */
export const INIT_PIPE = "_RUNT_INITPIPE";

/** runt's first message. */
export interface SetUpMessage {
  readonly type: "setUp";
  readonly config: Config;
  readonly context: InitContext;
}

/** The limit of open files that runt's caller had, in decimal: Deno raises it. */
export interface Nofile {
  readonly soft: string;
  readonly hard: string;
}

/** All messages. */
export type Message =
  | SetUpMessage
  | { readonly type: "procHooks" }
  | { readonly type: "procHooksDone"; readonly nofile?: Nofile }
  | { readonly type: "procReady"; readonly master?: number }
  | { readonly type: "procSeccomp"; readonly descriptor: number }
  | { readonly type: "procSeccompDone" }
  | { readonly type: "procLimited" }
  | { readonly type: "procRun" }
  | {
    readonly type: "procError";
    readonly code: ErrorCode;
    readonly message: string;
    readonly path?: string;
    readonly hint?: string;
  };

const PACKET = 0x8000;

/** One end of the socket. */
export class InitPipe {
  /**
   * @param native this process's routines and memory
   * @param fd the socket
   */
  constructor(readonly native: Native, readonly fd: number) {}

  /** Sends a message. */
  send(message: Message): void {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length, true);
    this.#packet(length);
    for (let at = 0; at < bytes.length; at += PACKET) this.#packet(bytes.subarray(at, at + PACKET));
  }

  /** Waits for a message; undefined at the end of file: the other one is gone, or executes the program. */
  receive(): Message | undefined {
    const head = this.#read();
    if (head.length !== 4) return undefined;
    const bytes = new Uint8Array(new DataView(head.buffer).getUint32(0, true));
    for (let at = 0; at < bytes.length;) {
      const packet = this.#read();
      if (!packet.length) return undefined;
      bytes.set(packet, at);
      at += packet.length;
    }
    return JSON.parse(new TextDecoder().decode(bytes)) as Message;
  }

  #packet(bytes: Uint8Array): void {
    const { arena, arenaAddress, call, numbers } = this.native;
    arena.set(bytes);
    // Not sendto(2), which a seccomp filter may have something against; Deno ignores SIGPIPE.
    const sent = call(numbers.write, this.fd, arenaAddress, bytes.length);
    if (sent < 0) throw new RuntError("internal", "cannot talk to runt init: it is gone");
  }

  #read(): Uint8Array<ArrayBuffer> {
    const { arena, arenaAddress, call, numbers } = this.native;
    let got: number;
    do got = call(numbers.read, this.fd, arenaAddress, PACKET); while (got === -EINTR);
    return arena.slice(0, Math.max(0, got));
  }
}

/** An error as a message. */
export function errorMessage(error: unknown): Message {
  if (!(error instanceof RuntError)) {
    return {
      type: "procError",
      code: "kernel",
      message: error instanceof Error ? error.message : String(error),
    };
  }
  const { code, message, path, hint } = error;
  return {
    type: "procError",
    code,
    message,
    ...(path === undefined ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
  };
}
