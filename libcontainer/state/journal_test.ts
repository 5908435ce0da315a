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

Deno.test("a journal that has become large is put aside, once, and no line is lost", () => {
  const root = Deno.makeTempDirSync({ prefix: "runt-test-" }), path = `${root}/journal.ndjson`;
  try {
    const old = "x".repeat((1 << 20) - 20) + "\n";
    Deno.writeTextFileSync(path, old);
    note(root, "a", "create");
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["journal.ndjson.1"]);
    assertMatch(Deno.readTextFileSync(`${path}.1`), /x\n\{.*"id":"a","event":"create"\}\n$/);
    note(root, "b", "create");
    assertEquals(Deno.readTextFileSync(path).split("\n").length, 2);
    // The next large one takes the place of the first.
    Deno.writeTextFileSync(path, old);
    note(root, "c", "delete");
    assertMatch(Deno.readTextFileSync(`${path}.1`), /"id":"c"/);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a journal that another has put aside meanwhile is not put aside again", () => {
  const root = Deno.makeTempDirSync({ prefix: "runt-test-" }), path = `${root}/journal.ndjson`;
  try {
    Deno.writeTextFileSync(path, "x".repeat(1 << 20));
    using holder = Deno.openSync(path, { append: true });
    holder.lockSync(true);
    note(root, "a", "create");
    // Somebody is at it: it stays.
    assertEquals(Deno.statSync(path).size > 1 << 20, true);
    holder.unlockSync();
    note(root, "b", "create");
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["journal.ndjson.1"]);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
