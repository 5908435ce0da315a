import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ModelMemory, runMessage } from "../tests/support/init_image_model.ts";
import {
  ARENA_SIZE,
  decode,
  encode,
  type Entry,
  HEADER,
  NOT_RUN,
  OPERATION,
  pseudoNumber,
  sizeOf,
  type Skip,
  SKIP_IF,
} from "./batch.ts";
import { type Accept, type Arg, Block, type Operation, Out, Result } from "./operation.ts";

/** The system calls of the model: numbers in, numbers out, so that they can be worked out without it. */
const SUM = 1, HASH_STRING = 2, HASH_BYTES = 3, FILL = 4, HASH_STRUCT = 5, FAIL = 6;

function hash(bytes: Uint8Array): number {
  let value = 7;
  for (const byte of bytes) value = (value * 31 + byte) % 100_003;
  return value;
}

function fill(bytes: Uint8Array, seed: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = seed + i * 3;
}

/** The struct of HASH_STRUCT: a string's address, a word, half a word, and another struct's address. */
function modelCall(number: number, args: readonly bigint[], memory: ModelMemory): number {
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
interface Case {
  readonly entry: Entry;
  /** The return value; `value` reads results as they stand then. */
  readonly evaluate: (value: (result: Result) => number) => number;
}

function operation(nr: number, args: readonly Arg[], accept: Accept = []): Operation {
  return { name: `call ${nr}`, nr, args, accept, where: { step: "test" }, result: new Result() };
}

/** Numbers that are random but the same in every run (xorshift32). */
function randomNumbers(seed: number): (below: number) => number {
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
function makeCases(random: (below: number) => number, known: readonly Result[]): Case[] {
  const cases: Case[] = [], results: Result[] = [...known], outs: { out: Out; bytes: Uint8Array }[] = [];
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
  regions.set(cases, outs);
  return cases;
}

/** The regions of a program and what must be in them. */
const regions = new WeakMap<Case[], { out: Out; bytes: Uint8Array }[]>();

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
function evaluate(cases: readonly Case[]): { values: Map<Result, number>; failed: Operation | undefined } {
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

Deno.test("a random message, run as drawn, comes to what its calls come to", () => {
  const memory = new Uint8Array(ARENA_SIZE);
  let failures = 0, skips = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const random = randomNumbers(seed);
    let known: Result[] = [];
    for (let round = 0; round < 2; round++) {
      const cases = makeCases(random, known), entries = cases.map(({ entry }) => entry);
      const expected = evaluate(cases), encoded = encode(entries, memory);
      const { failed } = decode(runMessage(encoded.message, modelCall), encoded);
      assertEquals(failed?.operation, expected.failed, `seed ${seed}`);
      known = [];
      for (const entry of entries) {
        if ("skip" in entry) continue;
        const { result } = entry, value = expected.values.get(result);
        assertEquals(result.skipped ? undefined : result.raw, value, `seed ${seed}: ${entry.name}`);
        known.push(result);
        skips += Number(result.skipped);
      }
      for (const { out, bytes } of regions.get(cases)!) assertEquals(out.bytes, bytes, `seed ${seed}`);
      const estimate = entries.reduce((size, entry) => {
        return size + OPERATION +
          ("skip" in entry ? 0 : entry.args.reduce((sum: number, arg) => sum + sizeOf(arg), 0));
      }, HEADER);
      assert(encoded.message.length <= estimate, `seed ${seed}: over the estimate`);
      failures += Number(failed !== undefined);
    }
  }
  assert(failures > 100 && skips > 1000, `too tame: ${failures} failures, ${skips} skipped`);
});

Deno.test("an errno at any of the six places is accepted, and no other", () => {
  const accept = [1, 22, 38, 95, 111, 133];
  for (let errno = 1; errno <= 133; errno++) {
    const fail = operation(FAIL, [errno], accept), encoded = encode([fail], new Uint8Array(4096));
    const { failed } = decode(runMessage(encoded.message, modelCall), encoded);
    assertEquals(failed?.errno, accept.includes(errno) ? undefined : errno);
  }
});

Deno.test("a failure leaves the results behind it skipped", () => {
  const first = operation(SUM, [1]), fail = operation(FAIL, [5]), last = operation(SUM, [2]);
  const encoded = encode([first, fail, last], new Uint8Array(4096));
  const { failed } = decode(runMessage(encoded.message, modelCall), encoded);
  assertEquals([failed?.operation, failed?.errno], [fail, 5]);
  assertEquals([first.result.value, last.result.skipped, last.result.ok], [1, true, false]);
});

Deno.test("a region is zero where nothing was written, whatever was in memory", () => {
  const memory = new Uint8Array(4096).fill(0xaa), out = new Out(64);
  const encoded = encode([operation(SUM, [0, 0, 0]), operation(FILL, [out, 0, 0])], memory);
  decode(runMessage(encoded.message, modelCall), encoded);
  assertEquals(out.bytes, new Uint8Array(64));
});

Deno.test("a message without an answer asks for none", () => {
  const { message, reply } = encode([operation(SUM, [1])], new Uint8Array(4096), true);
  assertEquals([reply, runMessage(message, modelCall).length], [0, 0]);
});

Deno.test("words of every size arrive as they are", () => {
  for (
    const value of [
      0,
      -1,
      -100,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      -(2 ** 32),
      2n ** 63n - 1n,
      -(2n ** 63n),
    ]
  ) {
    let seen: bigint | undefined;
    const { message } = encode([operation(SUM, [value])], new Uint8Array(4096));
    runMessage(message, (_, [a0]) => (seen = a0, 0));
    assertEquals(seen, BigInt(value));
  }
});

Deno.test("the result of a call that is in no message yet cannot be an argument", () => {
  const entry = operation(SUM, [new Result()]);
  assertThrows(() => encode([entry], new Uint8Array(4096)), Error, "Cannot refer to a result");
});

Deno.test("what is over the arena's size is refused", () => {
  for (const arg of ["x".repeat(5000), "€".repeat(2000), new Uint8Array(5000), new Out(5000)]) {
    assertThrows(() => encode([operation(SUM, [arg])], new Uint8Array(4096)), RangeError);
  }
  encode([operation(HASH_STRING, ["x".repeat(3900)])], new Uint8Array(4096));
});
