import { assertEquals } from "@std/assert";
import type { Setting } from "../cgroup_file.ts";
import { unified } from "./unified.ts";

function text(settings: readonly Setting[]): string[] {
  return settings.map(({ file, value }) => `${file}=${value}`);
}

Deno.test("files by name: a write for each line", () => {
  assertEquals(text(unified({ "memory.high": "5", "io.max": "8:0 rbps=1\n8:16 wbps=2\n", "x.y": "" })), [
    "memory.high=5",
    "io.max=8:0 rbps=1",
    "io.max=8:16 wbps=2",
    "x.y=",
  ]);
});
