/**
 * What runt and a process that it drives say to each other, written down, so that it can be said again.
 *
 * What runt sends depends on its input and on the replies, and on nothing else. So the same messages may be sent again
 * where the input is the same, as long as each reply is the same too, in all that runt looks at.
 *
 * @module
 */
import { type Encoded, HEADER, OPERATION, RESULT } from "./batch.ts";
import { Named } from "./operation.ts";

/** A part of a reply that has to be the same. */
export interface Expected {
  /** Offset in the reply. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A message that was sent. */
export interface SentMessage {
  readonly kind: "sent";
  readonly bytes: Uint8Array;
  /** Texts that hold a name, and their offsets. */
  readonly names: ReadonlyMap<Named, number>;
}

/** A reply that came. */
export interface Reply {
  readonly kind: "reply";
  readonly size: number;
  /** The results of its operations; `undefined` for one that need only be no failure. */
  readonly results: readonly (bigint | undefined)[];
  readonly regions: readonly Expected[];
  /** Offset of the pid that `clone3(2)` made over there. */
  readonly pidAt: number | undefined;
}

/** Something that was done here meanwhile. */
export interface Mark {
  readonly kind: "mark";
  readonly name: string;
}

/** One thing that happened. */
export type TranscriptEvent = SentMessage | Reply | Mark;

/** Calls whose result is another number each time. */
const NEW_EACH_TIME = ["keyctl", "clone3", "setsid"];
/**
 * Calls that tell more of a file than anybody looks at: the times of its use, for one. What is looked at of it, as
 * offset and end; all of `struct stat` are x86-64's.
 */
const LOOKED_AT: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  // uid, gid, mode; rdev
  statx: [[20, 30], [128, 136]],
  // mode, uid, gid; rdev
  newfstatat: [[24, 36], [40, 48]],
  fstat: [[24, 36], [40, 48]],
};

/** Writes it down. */
export class Transcript {
  readonly events: TranscriptEvent[] = [];
  /** How the process was made: `CLONE_NEW*` flags, the number of its control socket, and whether into a cgroup. */
  spawned:
    | { readonly namespaces: number; readonly control: number; readonly intoCgroup: boolean }
    | undefined;
  /** The directory of the cgroup that it was made in, and descriptors that it got, by what they are. */
  cgroup: string | undefined;
  handed: Readonly<Record<string, number>> = {};
  /** Why it cannot be said again. */
  spoiled: string | undefined;

  /** Something was done that is not written down. */
  spoil(why: string): void {
    this.spoiled ??= why;
  }

  /** A text with a name in it; undefined where it is too long. */
  named(before: string, name: string, after: string): Named | undefined {
    if (before.length + name.length + after.length < Named.SIZE / 3) return new Named(before, name, after);
    this.spoil("a name is too long");
    return undefined;
  }

  /** Notes that something was done here. */
  mark(name: string): void {
    this.events.push({ kind: "mark", name });
  }

  /** Notes a message. */
  sent({ message, named, slots }: Encoded): void {
    // Where it lies over there is another address each time.
    if (slots.some((slot) => slot?.name === "mmap")) this.spoil("memory was mapped");
    // What it is done to is the caller's.
    if (slots.some((slot) => slot?.name === "fchown")) this.spoil("a stream was given away");
    this.events.push({ kind: "sent", bytes: message.slice(), names: named });
  }

  /** Notes the reply to it. */
  received(reply: Uint8Array, { slots, outs }: Encoded): void {
    const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
    const results = slots.map((slot, i) => {
      const result = view.getBigInt64(HEADER + OPERATION * i + RESULT, true);
      return slot && result >= 0n && NEW_EACH_TIME.includes(slot.name) ? undefined : result;
    });
    const regions: Expected[] = [{ at: 8, bytes: reply.slice(8, 12) }];
    for (const [out, at] of outs) {
      const parts = LOOKED_AT[slots.find((slot) => slot?.args.includes(out))?.name ?? ""] ?? [[0, out.size]];
      for (const [from, to] of parts) regions.push({ at: at + from, bytes: reply.slice(at + from, at + to) });
    }
    const cloned = slots.findIndex((slot) => slot?.name === "clone3");
    const pidAt = cloned < 0 ? undefined : HEADER + OPERATION * cloned + RESULT;
    this.events.push({ kind: "reply", size: reply.length, results, regions, pidAt });
  }
}
