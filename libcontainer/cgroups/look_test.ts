import { assertEquals } from "@std/assert";
import { isPaused, oomKills } from "./look.ts";

function withFiles(files: Readonly<Record<string, string>>, body: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync();
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${directory}/${name}`, text);
    body(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("a frozen cgroup of v1 is paused, one that is frozen with another is not", () => {
  withFiles({ "freezer.state": "FROZEN\n", "freezer.self_freezing": "1\n" }, (freezer) => {
    assertEquals([isPaused({ freezer, "": "/none" }), isPaused({ cpu: freezer })], [true, false]);
  });
  withFiles({ "freezer.state": "FROZEN\n", "freezer.self_freezing": "0\n" }, (freezer) => {
    assertEquals(isPaused({ freezer }), false);
  });
  withFiles({ "freezer.state": "THAWED\n" }, (freezer) => assertEquals(isPaused({ freezer }), false));
});

Deno.test("kills for want of memory are counted in both versions", () => {
  withFiles({ "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n" }, (memory) => {
    assertEquals([oomKills({ memory }), oomKills({ cpu: memory })], [3, 0]);
  });
  withFiles(
    { "memory.events": "low 0\noom 4\noom_kill 2\n" },
    (dir) => assertEquals(oomKills({ "": dir }), 2),
  );
});
