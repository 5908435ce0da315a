import {
  ARENA,
  ARENA_SIZE,
  decode,
  type Decoded,
  encode,
  type Encoded,
  HEADER,
  MESSAGE_SIZE,
} from "./batch.ts";
import { pseudoNumber } from "./operation_kind.ts";
import { MSG_NOSIGNAL } from "./constants/socket.ts";
import { EINTR, EPIPE } from "./errno.ts";
import { type Arg, type Operation, type PseudoName, type Result, type SyscallName } from "./kernel.ts";
import { KernelError, PeerGoneError } from "./kernel_error.ts";
import type { Native } from "./native.ts";
import { Block, type Named, type Out, Result as ResultClass } from "./operation.ts";
import type { Transcript } from "./transcript.ts";
import { QueueingKernel, sizeOfOperation } from "./queueing.ts";
import { Writer } from "./writer.ts";

/** When this many bytes are queued, they are sent: a third of the arena stays free for what is added next. */
const FULL = MESSAGE_SIZE / 3 * 2;
/** A call whose arguments may take more than this has them put into memory of their own over there. */
const LARGE = FULL / 2;
/** So has one with more than this in a message that has to stay whole, and is getting full. */
const SIZABLE = 2048;
/** Bytes of such arguments that one call copies. */
const PIECE = 0x8000;
const PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22;

/**
 * Linux, called by another process: the init image at the other end of a socket.
 *
 * Calls are gathered until {@linkcode RemoteKernel.flush}; a round trip costs 20–50 µs.
 */
export class RemoteKernel extends QueueingKernel {
  readonly #native: Native;
  #control: number;
  /** Messages that were not answered yet. */
  readonly #inFlight: Encoded[] = [];
  /** The address of the next message over there. */
  #base = ARENA;
  /** Round trips so far. */
  trips = 0;
  /** Calls made so far. */
  calls = 0;
  readonly #transcript: Transcript | undefined;

  /**
   * @param native this process's routines and memory
   * @param control our end of the socket
   * @param transcript where to write down what is said
   */
  constructor(native: Native, control: number, transcript?: Transcript) {
    super();
    this.#transcript = transcript;
    this.#native = native;
    this.#control = control;
  }

  /** Our end of the control socket. */
  get control(): number {
    return this.#control;
  }

  /** Goes on with another process (a child of the one so far) over another socket. */
  switchTo(control: number): void {
    this.#transcript?.mark("switch");
    this.#native.call(this.#native.numbers.close, this.#control);
    this.#control = control;
  }

  override named(before: string, name: string, after: string): string | Named {
    return this.#transcript?.named(before, name, after) ?? before + name + after;
  }

  protected override number(name: SyscallName | PseudoName): number {
    return pseudoNumber(name) ?? this.#native.numbers[name as SyscallName];
  }

  protected override submit(operation: Operation): Result {
    const size = sizeOfOperation(operation);
    const crowded = this.depth > 0 && this.size > LARGE && size > SIZABLE && !operation.args.some(isFilledIn);
    if (size > LARGE || crowded) {
      return this.submit({ ...operation, args: this.#setAside(operation.args, size) });
    }
    if (this.size + size > FULL && this.depth === 0 && this.entries.length) this.flush();
    return this.queue(operation, size);
  }

  /**
   * Writes strings and structs into memory mapped for them over there: an environment may be larger than any message
   * (megabytes, `execve(2)`). What is queued stays queued, since it may be part of a branch or of the tail; it cannot
   * see the difference.
   */
  #setAside(args: readonly Arg[], size: number): Arg[] {
    const queued = this.entries, queuedSize = this.size, depth = this.depth;
    this.entries = [];
    this.size = HEADER;
    this.depth = 0;
    try {
      const memory = this.call("mmap", [0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0]);
      this.flush();
      const writer = new Writer(new Uint8Array(size), memory.value), outs = new Map<Out, number>();
      const placed = args.map((arg) => arg instanceof ResultClass ? arg : writer.place(arg, outs));
      if (outs.size || writer.copies.length) {
        throw new RangeError(
          "Cannot set arguments aside: the kernel would fill them in, or a result is missing",
        );
      }
      for (let at = 0; at < writer.at; at += PIECE) {
        const piece = writer.bytes.subarray(at, Math.min(at + PIECE, writer.at));
        this.call("copy", [memory.value + at, piece, piece.length]);
      }
      this.flush();
      this.entries = queued;
      this.size = queuedSize;
      return placed;
    } finally {
      this.depth = depth;
    }
  }

  override flush(): void {
    if (this.depth) throw new Error("Cannot flush inside a branch");
    if (this.entries.length) this.#inFlight.push(this.#send(false, false));
    this.#drain();
  }

  /** Takes the answers to all messages; throws the first failure, once nothing is under way any more. */
  #drain(): void {
    let failed: Decoded["failed"];
    for (const encoded of this.#inFlight.splice(0)) {
      try {
        const reply = this.#receive(encoded.reply, encoded.slots), decoded = decode(reply, encoded);
        this.#transcript?.received(reply, encoded);
        failed ??= decoded.failed;
      } catch (gone) {
        // What failed before it died says more.
        if (!failed) throw gone;
        break;
      }
    }
    if (failed) throw new KernelError(failed.operation, failed.errno, this.#native.errorText(failed.errno));
  }

  /**
   * Has what is queued so far be made now, without waiting for it: this process goes on queueing meanwhile. Results are
   * known, and failures thrown, at the next {@linkcode RemoteKernel.flush}; after a failure nothing more is made.
   */
  override push(): void {
    if (this.depth || !this.entries.length) return;
    // Room for what may follow, or else wait.
    if (this.#base + this.size > ARENA + ARENA_SIZE - MESSAGE_SIZE) return this.flush();
    this.#inFlight.push(this.#send(false, true));
  }

  /**
   * Sends what is queued as the tail: no answer comes when it ends well, since its last call is `execve(2)`.
   * Use {@linkcode RemoteKernel.awaitTail} to learn that, or leave.
   *
   * @param silent send no answer on a failure either (nobody will be there)
   */
  sendTail(silent: boolean): () => void {
    this.#drain();
    const encoded = this.#send(silent, false);
    return () => {
      const reply = this.#receive(encoded.reply, encoded.slots, true);
      if (!reply.length) return;
      const { failed } = decode(reply, encoded);
      if (failed) throw new KernelError(failed.operation, failed.errno, this.#native.errorText(failed.errno));
    };
  }

  /** Takes an answer that belongs to no batch of ours: a forked child answers the batch that made it, too. */
  discardReply(): void {
    this.#receive(MESSAGE_SIZE, []);
  }

  #send(silent: boolean, follows: boolean): Encoded {
    const { arena, arenaAddress, call, numbers } = this.#native;
    const encoded = encode(this.entries, arena.subarray(0, MESSAGE_SIZE), {
      silent,
      base: this.#base,
      fresh: !this.#inFlight.length,
      follows,
    });
    this.#transcript?.sent(encoded);
    this.#base = encoded.next;
    this.trips++;
    this.calls += encoded.slots.length;
    this.entries = [];
    this.size = HEADER;
    const sent = call(
      numbers.sendto,
      this.#control,
      arenaAddress,
      encoded.message.length,
      MSG_NOSIGNAL,
      0,
      0,
    );
    if (sent === -EPIPE) throw new PeerGoneError(this.where);
    if (sent < 0) {
      throw new Error(
        `Cannot send a batch of ${encoded.message.length} bytes: ${this.#native.errorText(-sent)}`,
      );
    }
    return encoded;
  }

  #receive(size: number, slots: readonly (Operation | undefined)[], mayEnd = false): Uint8Array {
    const { arena, arenaAddress, call, numbers } = this.#native;
    let got: number;
    do got = call(numbers.read, this.#control, arenaAddress, size); while (got === -EINTR);
    // ECONNRESET is what a peer leaves that died with our message unread.
    if (got <= 0 && mayEnd) return arena.subarray(0, 0);
    if (got <= 0) throw new PeerGoneError(slots.findLast((slot) => slot)?.where ?? this.where);
    return arena.subarray(0, got);
  }
}

/** Whether an argument is known, or written, only over there. */
function isFilledIn(arg: Arg): boolean {
  return typeof arg === "object" && !(arg instanceof Uint8Array) && !(arg instanceof Block) &&
    !(arg instanceof ResultClass);
}
