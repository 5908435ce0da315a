import { assertEquals, assertThrows } from "@std/assert";
import { variant } from "../../dbus/value.ts";
import { RuntError } from "../../error.ts";
import { annotatedProperties } from "./annotations.ts";

const of = (name: string, text: string) => annotatedProperties({ [`org.systemd.property.${name}`]: text })[0];

Deno.test("annotatedProperties() takes what begins with org.systemd.property., and nothing else", () => {
  const annotations = { "org.systemd.property.CollectMode": "'inactive-or-failed'", "other": "1" };
  assertEquals(annotatedProperties(annotations), [["CollectMode", variant("s", "inactive-or-failed")]]);
});

Deno.test("annotatedProperties() makes …USec of …Sec, as D-Bus has it", () => {
  assertEquals(of("TimeoutStopSec", "uint64 5"), ["TimeoutStopUSec", variant("t", 5_000_000n)]);
  assertEquals(of("TimeoutStopSec", "1.5"), ["TimeoutStopUSec", variant("t", 1_500_000n)]);
  assertEquals(of("TimeoutStopUSec", "uint64 5"), ["TimeoutStopUSec", variant("t", 5n)]);
  assertEquals(of("FooSECSec", "1"), ["FooSECSec", variant("i", 1)]);
  assertThrows(() => of("TimeoutStopSec", "'5'"), RuntError, "value parse error: not a number");
});

Deno.test("annotatedProperties() refuses in runc's words what is no name, or no value", () => {
  const cases: [string, string, string][] = [
    ["ab", "1", "annotation org.systemd.property.ab name incorrect: too short"],
    ["a-bc", "1", "name incorrect: contains non-alphabetic character"],
    ["Abc", "maybe", "annotation org.systemd.property.Abc=maybe value parse error: "],
    ["Abc", "", "value parse error: unexpected EOF"],
  ];
  for (const [name, text, message] of cases) assertThrows(() => of(name, text), RuntError, message);
});
