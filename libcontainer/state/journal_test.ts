import { assertEquals, assertMatch } from "@std/assert";
import { note } from "./journal.ts";

Deno.test("each event is a line of JSON at the end, for root alone", () => {
  const root = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    note(root, "a\nb", "create", { pid: 7 });
    note(root, "c", "delete");
    const lines = Deno.readTextFileSync(`${root}/journal.ndjson`).trimEnd().split("\n");
    const [first, second] = lines.map((line) => JSON.parse(line));
    assertEquals(lines.length, 2);
    assertEquals({ ...first, time: 0 }, { time: 0, id: "a\nb", event: "create", pid: 7 });
    assertEquals(second.event, "delete");
    assertMatch(first.time, /^\d{4}-\d\d-\d\dT.*Z$/);
    assertEquals(Deno.statSync(`${root}/journal.ndjson`).mode! & 0o777, 0o600);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
  // What cannot be noted is not worth failing for.
  note(root, "c", "delete");
});
