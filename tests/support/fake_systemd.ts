/**
 * What a systemd is to those who ask it for units: a server on a unix socket that speaks its D-Bus, keeps a list of units, and
 * writes down what it was asked. It makes no cgroups.
 *
 *     deno run -A tests/support/fake_systemd.ts SOCKET RECORD [ANSWER…]
 *
 * An ANSWER changes one: `StartTransientUnit=exists` (the first time), `=failed` (the job), `=refused`, `=hangup`.
 *
 * @module
 */
import {
  decodeMessage,
  encodeMessage,
  ERROR,
  type Message,
  messageSize,
  METHOD_RETURN,
  SIGNAL,
} from "../../libcontainer/dbus/message.ts";
import { type Value, variant } from "../../libcontainer/dbus/value.ts";

const SYSTEMD = "org.freedesktop.systemd1", JOB = "/org/freedesktop/systemd1/job/";

/** One call as the record has it, a line of JSON each. */
export interface Recorded {
  readonly member: string;
  readonly body: readonly unknown[];
}

class FakeSystemd {
  readonly #units = new Set<string>();
  #jobs = 0;

  constructor(readonly record: string, readonly answers: Map<string, string>) {}

  /** The messages that answer one. */
  answer(call: Message): Uint8Array<ArrayBuffer>[] {
    const { member = "", serial } = call, body = call.body(), name = String(body[0]);
    const line = JSON.stringify({ member, body }, (_, part) => {
      if (part instanceof Uint8Array) return [...part];
      return typeof part === "bigint" ? String(part) : part;
    });
    Deno.writeTextFileSync(this.record, `${line}\n`, { append: true });
    const changed = this.answers.get(member);
    const refuse = (error: string, text: string) => [
      encodeMessage({
        type: ERROR,
        serial: 1,
        replySerial: serial,
        errorName: `${SYSTEMD}.${error}`,
        signature: "s",
      }, [text]),
    ];
    const say = (signature = "", ...values: Value[]) =>
      encodeMessage({ type: METHOD_RETURN, serial: 1, replySerial: serial, signature }, values);
    const job = (result = "done") => {
      const path = `${JOB}${++this.#jobs}`;
      const signal = {
        path: "/org/freedesktop/systemd1",
        interface: `${SYSTEMD}.Manager`,
        member: "JobRemoved",
      };
      const other = encodeMessage({ ...signal, type: SIGNAL, serial: 2, signature: "uoss" }, [
        0,
        `${JOB}0`,
        "x",
        "done",
      ]);
      const end = encodeMessage({ ...signal, type: SIGNAL, serial: 2, signature: "uoss" }, [
        this.#jobs,
        path,
        name,
        result,
      ]);
      return [other, say("o", path), end];
    };
    if (changed === "hangup") throw new Error("hangup");
    if (changed === "refused") return refuse("Refused", "Not today");
    if (changed === "exists") {
      this.answers.delete(member);
      return refuse("UnitExists", `Unit ${name} was already loaded or has a fragment file`);
    }
    switch (member) {
      case "StartTransientUnit":
        this.#units.add(name);
        return job(changed);
      case "StopUnit":
        return this.#units.delete(name) ? job(changed) : refuse("NoSuchUnit", `Unit ${name} not loaded.`);
      case "ResetFailedUnit":
        return refuse("NoSuchUnit", `Unit ${name} not loaded.`);
      case "Get":
        return [say("v", variant("s", body[1] === "Version" ? "252.1-fake" : "/"))];
      default:
        return [say()];
    }
  }
}

async function serve(connection: Deno.UnixConn, systemd: FakeSystemd): Promise<void> {
  let received = new Uint8Array(0), greeted = false;
  const piece = new Uint8Array(65536);
  try {
    for (let count; (count = await connection.read(piece)) !== null;) {
      received = new Uint8Array([...received, ...piece.subarray(0, count)]);
      if (!greeted) {
        const end = new TextDecoder().decode(received).indexOf("BEGIN\r\n");
        if (end < 0) continue;
        greeted = true;
        received = received.slice(end + 7);
        await connection.write(new TextEncoder().encode("OK 00\r\n"));
      }
      while (received.length >= 16 && received.length >= messageSize(received.subarray(0, 16))) {
        const size = messageSize(received.subarray(0, 16));
        for (const bytes of systemd.answer(decodeMessage(received.slice(0, size)))) {
          await connection.write(bytes);
        }
        received = received.slice(size);
      }
    }
  } catch {
    // Hung up, by one of the two.
  }
  connection.close();
}

if (import.meta.main) {
  const [socket = "", record = "", ...answers] = Deno.args;
  const changed = new Map(answers.map((answer) => answer.split("=") as [string, string]));
  const systemd = new FakeSystemd(record, changed);
  for await (const connection of Deno.listen({ transport: "unix", path: socket })) serve(connection, systemd);
}
