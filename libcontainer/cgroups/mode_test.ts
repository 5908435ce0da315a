import { assertEquals } from "@std/assert";
import { modeOf } from "./mode.ts";

Deno.test("modeOf() tells by the paths in which mode a cgroup was made", () => {
  assertEquals(modeOf({ "": "/c" }), "unified");
  assertEquals(modeOf({ "": "/c", cpu: "/d" }), "hybrid");
  assertEquals(modeOf({ cpu: "/d" }), "legacy");
  // A rootless container that may use none of v1.
  assertEquals(modeOf({}), "legacy");
});
