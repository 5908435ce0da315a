import { assertEquals } from "@std/assert";
import { decodeStartFacts, readStartFacts, wasOpenAtStart } from "./start_facts.ts";

/** A record with some of its words set. */
function record(words: Record<number, bigint>): BigUint64Array {
  const all = new BigUint64Array(12);
  for (const [index, word] of Object.entries(words)) all[Number(index)] = word;
  return all;
}

Deno.test("a record says limits, signals, descriptors and directory", () => {
  const facts = decodeStartFacts(record({ 4: 1024n, 5: 4096n, 6: 0b10n, 7: 0b1n, 8: 1n, 10: 0b100101n }));
  assertEquals(facts, {
    nofile: { soft: 1024n, hard: 4096n },
    blockedSignals: 0b10n,
    ignoredSignals: 0b1n,
    openDescriptors: 0b100101n,
    closedStandard: [1],
    directoryLost: true,
  });
});

Deno.test("limits that the stub could not read are not known", () => {
  assertEquals(decodeStartFacts(record({})).nofile, undefined);
});

Deno.test("no limit is all ones", () => {
  const none = 2n ** 64n - 1n;
  assertEquals(decodeStartFacts(record({ 4: none, 5: none })).nofile, { soft: none, hard: none });
});

Deno.test("a descriptor was open at the start, or not, or nobody knows", () => {
  const facts = decodeStartFacts(record({ 10: 1n << 63n | 1n }));
  assertEquals([0, 1, 63, 64, -1].map((n) => wasOpenAtStart(facts, n)), [
    true,
    false,
    true,
    undefined,
    undefined,
  ]);
  assertEquals(wasOpenAtStart(undefined, 0), undefined);
});

Deno.test("nothing is known without the stub", () => {
  assertEquals(readStartFacts(), undefined);
});
