import { assertEquals } from "@std/assert";
import { errorsOf, findingsOf } from "../../tests/support/checked_spec.ts";
import type { HostFacts } from "./facts.ts";
import { checkIntelRdt } from "./intel_rdt.ts";

Deno.test("checkIntelRdt() wants what the host has", () => {
  const rdt = (value: unknown, intelRdt: HostFacts["intelRdt"]) =>
    findingsOf(checkIntelRdt, { "linux.intelRdt": value }, { intelRdt }).map((line) =>
      line.replace("linux.intelRdt.", "")
    );
  assertEquals(rdt({ closID: "a" }, undefined), [
    "linux.intelRdt: intelRdt is specified in config, but Intel RDT is not enabled",
  ]);
  assertEquals(
    rdt({ closID: "a/b", l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=5" }, {
      root: "/r",
      cat: true,
      mba: false,
    }),
    [
      'closID: invalid intelRdt.ClosID "a/b"',
      "memBwSchema: intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled",
    ],
  );
  assertEquals(rdt({ closID: "/" }, { root: "/r", cat: true, mba: true }), []);
});

Deno.test("the check of Intel RDT is asked", () => {
  assertEquals(errorsOf({ "linux.intelRdt": { closID: "." } }, { intelRdt: undefined }).length, 1);
});
