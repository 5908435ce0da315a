import { assert, assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { expandSlice, isSlice, unitOf } from "./unit.ts";

Deno.test("unitOf() makes a scope of slice:prefix:name", () => {
  assertEquals(unitOf("machine.slice:libpod:12ab", "x", false), {
    name: "libpod-12ab.scope",
    slice: "machine.slice",
    container: "12ab",
  });
});

Deno.test("unitOf() has defaults for what is not given: the id, and systemd's slices", () => {
  assertEquals(unitOf("", "x", false), { name: "runt-x.scope", slice: "system.slice", container: "x" });
  assertEquals(unitOf("", "x", true).slice, "user.slice");
  assertEquals(unitOf(":p:n", "x", false).slice, "system.slice");
});

Deno.test("unitOf() takes a name that is a slice's for the unit", () => {
  const unit = unitOf("a.slice:p:a-b.slice", "x", false);
  assertEquals(unit, { name: "a-b.slice", slice: "a.slice", container: "a-b.slice" });
  assert(isSlice(unit));
  assert(!isSlice({ name: "a.scope" }));
});

Deno.test("unitOf() refuses in runc's words what is not slice:prefix:name", () => {
  const text =
    'expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "/a/b" instead';
  assertThrows(() => unitOf("/a/b", "x", false), RuntError, text);
  assertThrows(() => unitOf("a:b:c:d", "x", false), RuntError, "expected cgroupsPath");
});

Deno.test("unitOf() refuses a name that would lead to another's cgroup", () => {
  for (const path of [":p:../../a", ":../a:b", ":p:a/b", ":p:a b", ":p:" + "x".repeat(250)]) {
    assertThrows(() => unitOf(path, "x", false), RuntError, "is not valid");
  }
});

Deno.test("expandSlice() nests what has dashes", () => {
  assertEquals(expandSlice("a.slice"), "/a.slice");
  assertEquals(expandSlice("a-b-c.slice"), "/a.slice/a-b.slice/a-b-c.slice");
  assertEquals(expandSlice("-.slice"), "");
});

Deno.test("expandSlice() refuses what is no slice", () => {
  for (
    const name of [
      "",
      "a",
      ".slice",
      "a/b.slice",
      "a--b.slice",
      "-a.slice",
      "a-.slice",
      "a.scope",
      "--.slice",
    ]
  ) {
    assertThrows(() => expandSlice(name), RuntError, `invalid slice name: ${name}`);
  }
});
