import { ARENA, encode, HEADER, OPERATION, RESULT } from "./batch.ts";
import { pseudoNumber } from "./operation_kind.ts";
import {
  CLONE_CLEAR_SIGHAND,
  CLONE_INTO_CGROUP,
  CLONE_PIDFD,
  CLONE_VFORK,
  CLONE_VM,
} from "./constants/clone.ts";
import { POLLIN } from "./constants/poll.ts";
import { SIGCHLD } from "./constants/signal.ts";
import {
  type Arg,
  type Operation,
  Out,
  type PseudoName,
  type Result,
  stringVector,
  type SyscallName,
  u64s,
} from "./kernel.ts";
import type { Native } from "./native.ts";
import { At, Block, type BlockPart, Prepared, Word } from "./operation.ts";
import { encodePollfds } from "./structs/pollfd.ts";
import { QueueingKernel, sizeOfOperation } from "./queueing.ts";

/** What says that a file is an answer, in the seventh word of its header; "Answ". */
const MAGIC = 0x77736e41;
/** The least word: any result that is no failure. */
const NO_FAILURE = -(1n << 63n);
/** Sizes of a piece of text: up to its NUL, and the two halves of a path. */
const SIZE_OF = { all: -1n, directory: -2n, name: -3n } as const;

/** A half of a path: what ends with its last "/", or the rest. */
export interface PathPart {
  readonly part: "directory" | "name";
  /** The path's address. */
  readonly of: Result;
}

/** What the entry stub knows, as offsets in its facts (`tools/denort/answer_arguments_x86_64.ts`). */
export const FACT = {
  /** Address of the value of `--bundle`, or 0. */
  bundle: 0xc0,
  /** Address of the container's id. */
  id: 0xc8,
  /** Address of the first of exec's arguments, and bytes from there to the end of the last. */
  given: 0xd0,
  givenSize: 0xd8,
  /** 1 with `--systemd-cgroup`. */
  systemd: 0xe0,
  /** The number of kill's signal. */
  signal: 0xe8,
  /** Addresses of the values of exec's `--process` and `--pid-file`, or 0. */
  process: 0xe8,
  pidFile: 0xf0,
  /** How often `--detach`, and from the 33rd bit on how many other options exec has. */
  options: 0xf8,
} as const;

/**
 * Linux, called by a later process: calls are gathered into one message, which the executable's entry stub runs before
 * there is any JavaScript (`tools/denort/answer_run_x86_64.ts`).
 *
 * The message is as `batch.ts` has it, with another header: magic number and size of the whole, and where the calls begin
 * that change something, and those that undo it.
 * It is an answer: when all its calls come out as they should, the process ends with 0, or as a call says. Else Deno starts
 * as if nothing had been tried: up to the first call that changes something ({@linkcode AnswerKernel.change}) only
 * descriptors need be closed, which is done; from there on, what {@linkcode AnswerKernel.undo} has queued is done first.
 */
export class AnswerKernel extends QueueingKernel {
  readonly #numbers: Native["numbers"];
  #change: Operation | undefined;
  #undo: Operation | undefined;

  constructor({ numbers }: Pick<Native, "numbers">) {
    super();
    this.#numbers = numbers;
  }

  protected override number(name: SyscallName | PseudoName): number {
    return pseudoNumber(name) ?? this.#numbers[name as SyscallName];
  }

  protected override submit(operation: Operation): Result {
    return this.queue(operation, sizeOfOperation(operation));
  }

  /** Nothing is known before the answer is given. */
  override flush(): void {
    throw new Error("Cannot wait for what a later process does");
  }

  /** Unless an earlier call came out as `condition` says, the answer does not hold. */
  expect(result: Result, condition: "zero" | "nonzero"): void {
    const opposite = condition === "zero" ? "nonzero" : "zero";
    this.when(result, opposite, () => this.close(-1));
  }

  /** From here on something is changed. */
  change(): void {
    this.#change = this.#mark();
  }

  /** Queues, behind all others, what undoes the changes; results of calls that were not made are negative. */
  undo(body: () => void): void {
    this.#undo = this.#mark();
    body();
  }

  /** A call of which the place can be found again. */
  #mark(): Operation {
    this.call("fact", [0]);
    return this.entries.at(-1) as Operation;
  }

  /** A word of the entry stub's. */
  fact(name: keyof typeof FACT): Result {
    return this.call("fact", [FACT[name]]);
  }

  /** Unless the bytes at an address are these, the answer does not hold. */
  expectBytes(address: Arg, bytes: Uint8Array): void {
    this.expect(this.call("compare", [address, bytes, bytes.length]), "zero");
  }

  /** Unless a result is that number, the answer does not hold. */
  expectValue(result: Result, value: number): void {
    this.expect(this.call("compare", [new Prepared(u64s(value)), result, 8]), "zero");
  }

  /** Unless results are those, from an operation's at an offset in a region on, the answer does not hold; `undefined` is any but a failure. */
  expectResults(reply: Out, results: readonly (bigint | undefined)[]): void {
    if (!results.length) return;
    const words = BigInt64Array.from(results, (result) => result ?? NO_FAILURE);
    const first = new At(reply, HEADER + RESULT);
    this.expect(this.call("equal", [first, new Uint8Array(words.buffer), results.length]), "zero");
  }

  /**
   * Puts a text together.
   *
   * @param room bytes that it takes at the most, its NUL among them
   * @param pieces texts, regions that hold one, addresses of one; NUL-terminated
   * @returns where it will be, NUL-terminated, and its length
   */
  text(room: number, ...pieces: readonly (string | Out | Result | PathPart)[]): { text: Out; size: Result } {
    const text = new Out(room);
    return { text, size: this.textAt(text, ...pieces) };
  }

  /** Puts a text together at an address. Returns its length. */
  textAt(to: Out | At, ...pieces: readonly (string | Out | Result | PathPart)[]): Result {
    const parts: BlockPart[] = [],
      bytes = new Uint8Array(16 * (pieces.length + 1)),
      view = new DataView(bytes.buffer);
    pieces.forEach((piece, i) => {
      const isPart = typeof piece === "object" && "part" in piece;
      parts.push({ at: 16 * i, value: isPart ? piece.of : piece });
      view.setBigInt64(16 * i + 8, SIZE_OF[isPart ? piece.part : "all"], true);
    });
    return this.call("text", [to, new Block(bytes, parts)]);
  }

  /** A number as text. */
  decimal(value: Result | Word): Out {
    const text = new Out(24);
    this.call("number", [text, value]);
    return text;
  }

  /** A 32-bit number in a region, as one that can be an argument. */
  word32(out: Out, at: number): Word {
    const word = new Out(8);
    this.call("copy", [word, new At(out, at), 4]);
    return new Word(word, 0);
  }

  /**
   * Makes a process out of an init image; see `spawn.ts`. All signals must be blocked.
   *
   * @returns its pid, and a pidfd of it
   */
  spawn(
    image: Result,
    socket: Word,
    { namespaces, control, cgroup, name }: {
      readonly namespaces: number;
      readonly control: number;
      readonly cgroup?: Result | undefined;
      readonly name: string;
    },
  ): { pid: Result; pidfd: Word } {
    const pidfd = new Out(8), into = cgroup === undefined ? 0 : CLONE_INTO_CGROUP;
    const flags = CLONE_VM + CLONE_VFORK + CLONE_PIDFD + CLONE_CLEAR_SIGHAND + into + (namespaces >>> 0);
    const args = new Out(88), end = new Out(8);
    this.call("copy", [args, u64s(flags, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0), 88]);
    const address = new Block(new Uint8Array(8), [{ at: 0, value: pidfd }]);
    this.call("copy", [new At(args, 8), address, 8]);
    if (cgroup) this.call("copy", [new At(args, 80), cgroup, 8]);
    const argv = stringVector([name]);
    const request = new Out(64);
    const first = [{ at: 0, value: args }, { at: 24, value: argv }, { at: 32, value: end }];
    this.call("copy", [request, new Block(u64s(0, 88, 0, 0, 0, 0, control, 0), first), 64]);
    this.call("copy", [new At(request, 16), image, 8]);
    this.call("copy", [new At(request, 40), new At(socket.out, socket.at), 8]);
    return { pid: this.call("spawn", [request]), pidfd: new Word(pidfd, 0) };
  }

  /** Whether a process has ended, reaped or not: nonzero then. Its pidfd is readable (pidfd_open(2)). */
  hasEnded(pidfd: Result): Result {
    const poll = new Block(encodePollfds([{ fd: 0, events: POLLIN }]), [{ at: 0, value: pidfd, size: 4 }]);
    return this.call("poll", [poll, 1, 0]);
  }

  /** Waits for a child, passes signals on to it, reaps others. Returns its exit code, 128 and the signal if one ended it. */
  wait(pid: Result | Word, pidfd: Result | Word, kept: bigint): Result {
    return this.call("wait", [pid, pidfd, kept]);
  }

  /**
   * A text with the time in it, in the form of `Date.toISOString()`.
   *
   * @param before what stands before the time
   * @param after what stands behind it
   * @returns where the text will be, and its length
   */
  clock(before: string, after: string): { text: Out; size: number } {
    const encoder = new TextEncoder(), start = encoder.encode(before).length;
    const text = new Prepared(encoder.encode(before + new Date(0).toISOString() + after));
    this.call("clock", [text, 0, start]);
    return { text, size: text.size };
  }

  /** The answer, as it stands in its file. */
  finish(): Uint8Array<ArrayBuffer> {
    const memory = new Uint8Array(this.size + 7 & ~7);
    const { message, slots } = encode(this.entries, memory, { silent: true, base: ARENA });
    const words = new Uint32Array(memory.buffer), count = words[0]!;
    const place = (operation: Operation) => ARENA + HEADER + OPERATION * slots.indexOf(operation);
    if (this.#change && this.#undo) {
      const main = slots.indexOf(this.#undo);
      words.set([main, 0, place(this.#change), place(this.#undo), count - main, 0]);
    }
    words[6] = MAGIC;
    words[7] = message.length;
    return memory.subarray(0, message.length);
  }
}
