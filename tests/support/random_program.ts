/**
 * Random programs of everything that a message to the init image can hold, with system calls of their own, so that
 * what they come to can be worked out without a message.
 *
 * @module
 */
import { type Entry, NOT_RUN, type Skip } from "../../ffi/batch.ts";
import { pseudoNumber, SKIP_IF } from "../../ffi/operation_kind.ts";
import { type Accept, type Arg, Block, type Operation, Out, Result } from "../../ffi/operation.ts";
import type { ModelMemory } from "./init_image_model.ts";

/** The system calls of the model: numbers in, numbers out, so that they can be worked out without it. */
export const SUM = 1, HASH_STRING = 2, HASH_BYTES = 3, FILL = 4, HASH_STRUCT = 5, FAIL = 6;

function hash(bytes: Uint8Array): number {
  let value = 7;
  for (const byte of bytes) value = (value * 31 + byte) % 100_003;
  return value;
}

function fill(bytes: Uint8Array, seed: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = seed + i * 3;
}

/** The struct of HASH_STRUCT: a string's address, a word, half a word, and another struct's address. */
export function modelCall(number: number, args: readonly bigint[], memory: ModelMemory): number {
  const [a0, a1, a2] = args as [bigint, bigint, bigint];
  if (number === SUM) return Number(args.reduce((sum, arg) => sum + arg, 0n) % 1009n);
  if (number === HASH_STRING) return hash(new TextEncoder().encode(memory.string(a0)));
  if (number === HASH_BYTES) return hash(memory.at(a0, Number(a1)));
  if (number === FAIL) return -Number(a0);
  if (number === FILL) {
    fill(memory.at(a0, Number(a1)), Number(a2));
    return Number(a1);
  }
  const inner = memory.word(a0 + 24n);
  const text = new TextEncoder().encode(memory.string(memory.word(a0)));
  return hash(new Uint8Array([...text, ...memory.at(a0 + 8n, 16), ...memory.at(inner, 8)]));
}

/** What the struct of HASH_STRUCT holds, before it is a block. */
interface Struct {
  readonly text: string;
  readonly word: Result;
  readonly half: Result;
  readonly inner: Result;
}

/** An entry, and what it does when it is made of values, not of addresses. */
export interface Case {
  readonly entry: Entry;
  /** The return value; `value` reads results as they stand then. */
  readonly evaluate: (value: (result: Result) => number) => number;
}

export function operation(nr: number, args: readonly Arg[], accept: Accept = []): Operation {
  return { name: `call ${nr}`, nr, args, accept, where: { step: "test" }, result: new Result() };
}

/** A program, and what must be in its regions once it was run and evaluated. */
export interface Program {
  readonly cases: readonly Case[];
  readonly outs: readonly { readonly out: Out; readonly bytes: Uint8Array }[];
}

/** Numbers that are random but the same in every run (xorshift32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1 | 0;
  return (below) => {
    state ^= state << 13, state ^= state >>> 17, state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** What the model reads from a struct: a word, half a word and what lies behind it, a word. */
function words(word: number, half: number, inner: number): number[] {
  const bytes = new Uint8Array(24), view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(word), true);
  view.setInt32(8, half | 0, true);
  view.setBigInt64(16, BigInt(inner), true);
  return [...bytes];
}

/** A random program out of all that an entry can be. `known` are results of an earlier message. */
export function makeProgram(random: (below: number) => number, known: readonly Result[]): Program {
  const cases: Case[] = [], results: Result[] = [...known], outs: Program["outs"][number][] = [];
  const texts = ["", "a", "/dev/mqueue", "grüße €", "𝄞".repeat(random(9)), "x".repeat(random(300))];
  const anyResult = () => results[random(results.length)]!;
  const add = (entry: Operation, evaluate: Case["evaluate"]) => {
    cases.push({ entry, evaluate });
    results.push(entry.result);
  };
  const total = 1 + random(30);
  for (let i = 0; i < total; i++) {
    const text = texts[random(texts.length)]!, bytes = new TextEncoder().encode(text);
    const result = anyResult(), usable = results.length > 0;
    const accept: Accept = random(3) === 0 ? "any" : random(2) ? [1, 2, 3, 4, 5, random(40) + 1] : [];
    switch (random(usable ? 10 : 4)) {
      case 0: {
        const numbers = [random(2 ** 31), -random(1000), 2 ** 33 + random(9)];
        add(operation(SUM, [...numbers, 5n]), () => (numbers[0]! + numbers[1]! + numbers[2]! + 5) % 1009);
        break;
      }
      case 1:
        add(operation(HASH_STRING, [text]), () => hash(bytes));
        break;
      case 2:
        add(operation(HASH_BYTES, [bytes, bytes.length]), () => hash(bytes));
        break;
      case 3: {
        const size = random(70), seed = random(200), out = new Out(size), expected = new Uint8Array(size);
        outs.push({ out, bytes: expected });
        add(operation(FILL, [out, size, seed]), () => (fill(expected, seed), size));
        break;
      }
      case 4:
        add(operation(SUM, [result, 3], "any"), (value) => Number((BigInt(value(result)) + 3n) % 1009n));
        break;
      case 5: {
        const struct: Struct = { text, word: result, half: anyResult(), inner: anyResult() };
        add(
          operation(HASH_STRUCT, [toBlock(struct)]),
          (value) =>
            hash(
              new Uint8Array([
                ...bytes,
                ...words(value(struct.word), value(struct.half), value(struct.inner)),
              ]),
            ),
        );
        break;
      }
      case 6: {
        const errno = random(40) + 1;
        const rare = random(12) ? "any" : accept;
        add(operation(FAIL, [errno], rare), () => -errno);
        break;
      }
      case 7: {
        const out = new Out(8), expected = new Uint8Array(8);
        outs.push({ out, bytes: expected });
        add(operation(pseudoNumber("copy")!, [out, result, 8]), (value) => {
          new DataView(expected.buffer).setBigInt64(0, BigInt(value(result)), true);
          return 0;
        });
        break;
      }
      case 8: {
        const place = outs[random(outs.length)];
        if (!place) break;
        const other = random(2) ? new Uint8Array(place.out.size) : bytes;
        const size = Math.min(place.out.size, other.length);
        add(
          operation(pseudoNumber("compare")!, [place.out, other, size]),
          () => Number(place.bytes.subarray(0, size).some((byte, k) => byte !== other[k])),
        );
        break;
      }
      case 9: {
        const skip: Skip = { skip: true, on: result, condition: random(4), count: random(total - i + 1) };
        cases.push({ entry: skip, evaluate: (value) => Number(isTaken(skip, value(result))) });
      }
    }
  }
  // A branch passes over entries that are there.
  cases.forEach(({ entry }, i) => {
    if ("skip" in entry) entry.count = Math.min(entry.count, cases.length - i - 1);
  });
  return { cases, outs };
}

function toBlock({ text, word, half, inner }: Struct): Block {
  return new Block(new Uint8Array(32), [
    { at: 0, value: text },
    { at: 8, value: word },
    { at: 16, value: half, size: 4 },
    { at: 24, value: new Block(new Uint8Array(8), [{ at: 0, value: inner }]) },
  ]);
}

function isTaken({ condition }: Skip, value: number): boolean {
  if (condition === SKIP_IF.zero) return value === 0;
  if (condition === SKIP_IF.nonzero) return value !== 0;
  return condition === SKIP_IF.negative ? value < 0 : value >= 0;
}

/** What a program comes to, worked out without any message. */
export function evaluate(
  cases: readonly Case[],
): { values: Map<Result, number>; failed: Operation | undefined } {
  const values = new Map<Result, number>();
  const value = (result: Result) => values.get(result) ?? (result.skipped ? NOT_RUN : result.raw ?? NOT_RUN);
  for (let i = 0; i < cases.length; i++) {
    const { entry, evaluate } = cases[i]!, outcome = evaluate(value);
    if ("skip" in entry) {
      if (outcome) i += entry.count;
      continue;
    }
    values.set(entry.result, outcome);
    const { accept, nr } = entry;
    if (nr > 0 && outcome < 0 && accept !== "any" && !accept.includes(-outcome)) {
      return { values, failed: entry };
    }
  }
  return { values, failed: undefined };
}
