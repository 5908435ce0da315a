import { assert, assertEquals, assertThrows } from "@std/assert";
import { runMessage } from "../tests/support/init_image_model.ts";
import {
  evaluate,
  FAIL,
  FILL,
  HASH_STRING,
  makeProgram,
  modelCall,
  operation,
  randomNumbers,
  SUM,
} from "../tests/support/random_program.ts";
import { decode, encode, HEADER, MESSAGE_SIZE, OPERATION, sizeOf } from "./batch.ts";
import { Out, Result } from "./operation.ts";

Deno.test("a random message, run as drawn, comes to what its calls come to", () => {
  const memory = new Uint8Array(MESSAGE_SIZE);
  let failures = 0, skips = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const random = randomNumbers(seed);
    let known: Result[] = [];
    for (let round = 0; round < 2; round++) {
      const { cases, outs } = makeProgram(random, known), entries = cases.map(({ entry }) => entry);
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
      for (const { out, bytes } of outs) assertEquals(out.bytes, bytes, `seed ${seed}`);
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

Deno.test("a seventh errno is refused, not mistaken for another", () => {
  const entry = { ...operation(FAIL, [1]), accept: [1, 2, 3, 4, 5, 6, 7] };
  assertThrows(() => encode([entry], new Uint8Array(MESSAGE_SIZE)), RangeError);
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
  const { message, reply } = encode([operation(SUM, [1])], new Uint8Array(4096), { silent: true });
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
