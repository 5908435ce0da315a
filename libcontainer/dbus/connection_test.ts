import { assertEquals, assertThrows } from "@std/assert";
import { SOCK_STREAM } from "../../ffi/constants/socket.ts";
import { Out } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { makeSocketPair } from "../../ffi/pairs.ts";
import { BusClosedError, BusError } from "./bus_error.ts";
import { BusConnection } from "./connection.ts";
import { decodeMessage, encodeMessage, ERROR, type Header, METHOD_RETURN, SIGNAL } from "./message.ts";
import type { Value } from "./value.ts";

/** The number of `shutdown(2)`, which runt itself has no use for, and one of its arguments. */
const SHUTDOWN = 48, SHUT_WR = 1;

/** A peer that has said all that it will say, and then hangs up, before anybody listens. */
class Peer implements Disposable {
  readonly #kernel = new LocalKernel(openNative());
  readonly #socket: number;
  readonly bus: BusConnection;

  constructor(...said: readonly (string | Uint8Array)[]) {
    const [ours, theirs] = makeSocketPair(this.#kernel, SOCK_STREAM);
    this.#socket = theirs;
    for (const part of said) this.#kernel.write(theirs, part);
    openNative().call(SHUTDOWN, theirs, SHUT_WR);
    this.bus = new BusConnection(this.#kernel, ours, "Done");
  }

  /** What it was sent. */
  heard(): Uint8Array<ArrayBuffer> {
    const out = new Out(4096), count = this.#kernel.read(this.#socket, out).value;
    return out.bytes.slice(0, count);
  }

  [Symbol.dispose](): void {
    this.bus[Symbol.dispose]();
    this.#kernel.close(this.#socket);
  }
}

const CALL = { path: "/o", interface: "i.f", member: "M", signature: "s" };
const answer = (header: Partial<Header>, ...body: Value[]) =>
  encodeMessage({ type: METHOD_RETURN, serial: 9, ...header }, body);
const signal = (member: string, value: string) => answer({ type: SIGNAL, member, signature: "s" }, value);

Deno.test("authenticate() says the user id, and without one lets the peer ask the kernel", () => {
  using known = new Peer("OK 0123\r\n");
  known.bus.authenticate(1000);
  assertEquals(new TextDecoder().decode(known.heard()), "\0AUTH EXTERNAL 31303030\r\nBEGIN\r\n");
  using unknown = new Peer("DATA\r\nOK 0123\r\n");
  unknown.bus.authenticate(undefined);
  assertEquals(new TextDecoder().decode(unknown.heard()), "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n");
});

Deno.test("authenticate() fails when it is not let in, and with what is no D-Bus", () => {
  using refusing = new Peer("REJECTED EXTERNAL\r\n");
  assertThrows(() => refusing.bus.authenticate(0), BusError, "not let in: REJECTED EXTERNAL");
  using silent = new Peer();
  assertThrows(() => silent.bus.authenticate(0), BusClosedError, "closed");
  using other = new Peer("x".repeat(5000));
  assertThrows(() => other.bus.authenticate(0), BusClosedError, "does not speak D-Bus");
});

Deno.test("call() returns the values of its answer, and passes over what is not for it", () => {
  using peer = new Peer(
    "OK 1\r\n",
    answer({ replySerial: 77, signature: "s" }, "another's"),
    signal("Other", "ignored"),
    answer({ replySerial: 1, signature: "su" }, "yes", 5),
  );
  peer.bus.authenticate(0);
  peer.heard();
  assertEquals(peer.bus.call(CALL, "hello"), ["yes", 5]);
  const sent = decodeMessage(peer.heard());
  assertEquals([sent.member, sent.interface, sent.path, sent.serial], ["M", "i.f", "/o", 1]);
  assertEquals(sent.body(), ["hello"]);
});

Deno.test("call() throws the error that it is answered with", () => {
  const errorName = "org.freedesktop.systemd1.UnitExists";
  using peer = new Peer(
    answer({ type: ERROR, replySerial: 1, errorName, signature: "s" }, "Unit a was already loaded"),
    answer({ type: ERROR, replySerial: 2, errorName }),
  );
  const error = assertThrows(() => peer.bus.call(CALL, ""), BusError, "Unit a was already loaded");
  assertEquals(error.error, errorName);
  assertThrows(() => peer.bus.call(CALL, ""), BusError, errorName);
});

Deno.test("awaitSignal() finds a signal that came before it was asked for, or comes later", () => {
  using peer = new Peer(
    signal("Done", "other"),
    signal("Done", "a"),
    answer({ replySerial: 1 }),
    signal("Else", "b"),
    signal("Done", "b"),
  );
  peer.bus.call(CALL, "");
  assertEquals(peer.bus.awaitSignal(([text]) => text === "a"), ["a"]);
  assertEquals(peer.bus.awaitSignal(([text]) => text === "b"), ["b"]);
  assertThrows(() => peer.bus.awaitSignal(() => true), BusClosedError, "closed");
});

Deno.test("a message in pieces, and several at once, are taken apart", () => {
  const first = answer({ replySerial: 1, signature: "s" }, "x".repeat(20000));
  using peer = new Peer(
    first.subarray(0, 7),
    first.subarray(7, 300),
    first.subarray(300),
    answer({ replySerial: 2 }),
  );
  assertEquals(peer.bus.call(CALL, ""), ["x".repeat(20000)]);
  assertEquals(peer.bus.call(CALL, ""), []);
});

Deno.test("what is no message, ends early or lies about its length ends the connection", () => {
  const good = answer({ replySerial: 1, signature: "s" }, "text");
  const long = good.slice(), cut = good.slice(0, -3), lying = good.slice();
  long.fill(0xff, 4, 8);
  lying[good.length - 9] = 0xff; // the length of the string
  for (const [bytes, text] of [[long, "too long"], [cut, "closed"], [lying, "ends before"]] as const) {
    using peer = new Peer(bytes);
    assertThrows(() => peer.bus.call(CALL, ""), BusClosedError, text);
  }
  using noise = new Peer("HTTP/1.1 400 Bad Request\r\n\r\n");
  assertThrows(() => noise.bus.call(CALL, ""), BusClosedError, "not a message of D-Bus");
});
