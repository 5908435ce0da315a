/**
 * A connection to a D-Bus peer: a bus, or a service that is spoken to directly.
 *
 * It is synchronous, as all of runt that makes containers is: the process that is being made waits for nobody else. It is
 * runt's own because a package for this brings an event loop, `node:net` and half a megabyte of code, and whoever makes
 * containers pays for what is loaded in each start.
 *
 * @module
 */
import { POLLIN } from "../../ffi/constants/poll.ts";
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from "../../ffi/constants/socket.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { encodeSockaddrUn } from "../../ffi/structs/sockaddr_un.ts";
import { BusClosedError, BusError } from "./bus_error.ts";
import {
  decodeMessage,
  encodeMessage,
  ERROR,
  HEAD_SIZE,
  type Header,
  type Message,
  messageSize,
  METHOD_CALL,
  METHOD_RETURN,
  SIGNAL,
} from "./message.ts";
import type { Value } from "./value.ts";

/** How long a peer may take to say anything that is waited for. */
const PATIENCE_MS = 30_000;
/** Bytes that are read at a time. */
const PIECE = 16384;
/** No line of the greeting is longer. */
const LONGEST_LINE = 4096;
/** So many signals are kept for who has not asked for them yet. */
const MOST_SIGNALS = 1000;

/** A method to call. */
export type Call =
  & Required<Pick<Header, "path" | "interface" | "member">>
  & Pick<Header, "destination" | "signature">;

/** Connects to a unix socket, whose path begins with `@` if it is abstract (`unix(7)`). */
export function connectTo(kernel: Kernel, path: string): number {
  const socket = kernel.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0).value;
  try {
    kernel.at({ step: "dbus", what: path }, () => {
      kernel.connect(socket, encodeSockaddrUn(path.startsWith("@") ? `\0${path.slice(1)}` : path));
    });
    return socket;
  } catch (error) {
    kernel.close(socket);
    throw error;
  }
}

/** The connection. */
export class BusConnection implements Disposable {
  readonly #kernel: Kernel;
  readonly #socket: number;
  readonly #kept: string;
  readonly #signals: Message[] = [];
  #received = new Uint8Array(0);
  #serial = 0;

  /**
   * @param kernel of this process
   * @param socket connected, and from now on the connection's own
   * @param kept the member of the signals to keep for {@linkcode awaitSignal}; the others are passed over
   */
  constructor(kernel: Kernel, socket: number, kept = "") {
    this.#kernel = kernel;
    this.#socket = socket;
    this.#kept = kept;
  }

  /**
   * Says who we are (SASL's EXTERNAL: the peer asks the kernel).
   *
   * @param uid our user id as the peer counts; undefined where the two may count differently, in a user namespace
   * @throws {BusError} when the peer does not want us
   */
  authenticate(uid: number | undefined): void {
    const name = uid === undefined ? "" : ` ${hex(String(uid))}`;
    // All at once, as sd-bus does: whether it was accepted is seen before anything else is sent.
    this.#write(
      new TextEncoder().encode(`\0AUTH EXTERNAL${name}\r\n${uid === undefined ? "DATA\r\n" : ""}BEGIN\r\n`),
    );
    const deadline = Date.now() + PATIENCE_MS;
    let line = this.#readLine(deadline);
    if (uid === undefined && line === "DATA") line = this.#readLine(deadline);
    if (!/^OK( |$)/.test(line)) {
      throw new BusError("org.freedesktop.DBus.Error.AuthFailed", `not let in: ${line}`);
    }
  }

  /**
   * Calls a method.
   *
   * @returns what it returns
   * @throws {BusError} for an error that it answers with, {@linkcode BusClosedError} without an answer
   */
  call(call: Call, ...body: readonly Value[]): Value[] {
    const serial = this.send(call, ...body), deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const message = this.#receive(deadline);
      if (message.type === SIGNAL) this.#keep(message);
      if (message.replySerial !== serial) continue;
      if (message.type === METHOD_RETURN) return decoded(() => message.body());
      if (message.type === ERROR) throw busError(message);
    }
  }

  /** As {@linkcode call}, but nobody waits for the answer. @returns the call's number */
  send(call: Call, ...body: readonly Value[]): number {
    const serial = ++this.#serial;
    this.#write(encodeMessage({ ...call, type: METHOD_CALL, serial }, body));
    return serial;
  }

  /**
   * Waits for a signal that was to be kept, which may have come before.
   *
   * @param wanted tells it from others by its values
   * @returns its values; undefined when none comes in time
   */
  awaitSignal(wanted: (body: readonly Value[]) => boolean, patienceMs = PATIENCE_MS): Value[] | undefined {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      for (let message; (message = this.#signals.shift()) !== undefined;) {
        const signal = message, body = decoded(() => signal.body());
        if (wanted(body)) return body;
      }
      try {
        const message = this.#receive(deadline);
        if (message.type === SIGNAL) this.#keep(message);
      } catch (error) {
        if (error instanceof BusClosedError && error.timedOut) return undefined;
        throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#kernel.close(this.#socket, { accept: "any" });
  }

  #keep(message: Message): void {
    if (message.member !== this.#kept) return;
    this.#signals.push(message);
    if (this.#signals.length > MOST_SIGNALS) this.#signals.shift();
  }

  #receive(deadline: number): Message {
    while (this.#received.length < HEAD_SIZE) this.#readMore(deadline);
    const size = decoded(() => messageSize(this.#received.subarray(0, HEAD_SIZE)));
    while (this.#received.length < size) this.#readMore(deadline);
    return decoded(() => decodeMessage(this.#take(size)));
  }

  #readLine(deadline: number): string {
    for (;;) {
      const end = this.#received.findIndex((byte, i, all) => byte === 13 && all[i + 1] === 10);
      if (end >= 0) return new TextDecoder().decode(this.#take(end + 2).subarray(0, end));
      if (this.#received.length > LONGEST_LINE) throw new BusClosedError("what answers does not speak D-Bus");
      this.#readMore(deadline);
    }
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return bytes;
  }

  #readMore(deadline: number): void {
    const kernel = this.#kernel, readable = encodePollfds([{ fd: this.#socket, events: POLLIN }]);
    const left = Math.max(0, deadline - Date.now());
    if (kernel.poll(readable, 1, left).value === 0) throw new BusClosedError("no answer in time", true);
    const piece = new Out(PIECE), count = kernel.read(this.#socket, piece, { accept: "any" });
    if (!count.ok || count.value === 0) throw new BusClosedError("the connection was closed");
    const all = new Uint8Array(this.#received.length + count.value);
    all.set(this.#received);
    all.set(piece.bytes.subarray(0, count.value), this.#received.length);
    this.#received = all;
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const written = this.#kernel.write(this.#socket, bytes.subarray(at), { accept: "any" });
      if (!written.ok) throw new BusClosedError("the connection was closed");
      at += written.value;
    }
  }
}

/** What cannot be understood ends a connection: nobody knows where the next message begins. */
function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new BusClosedError(`a message was not understood: ${error.message}`);
    }
    throw error;
  }
}

function busError(message: Message): BusError {
  const [text] = message.signature?.startsWith("s") ? decoded(() => message.body()) : [];
  const name = message.errorName ?? "org.freedesktop.DBus.Error.Failed";
  return new BusError(name, typeof text === "string" && text !== "" ? text : name);
}

function hex(text: string): string {
  return [...text].map((letter) => letter.charCodeAt(0).toString(16)).join("");
}
