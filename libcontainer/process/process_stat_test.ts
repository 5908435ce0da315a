import { assert, assertEquals } from "@std/assert";
import { isAlive, readProcessStat } from "./process_stat.ts";

Deno.test("a process is told from a later one of the same pid by its start", () => {
  const stat = readProcessStat(Deno.pid)!;
  assertEquals(stat.state.length, 1);
  assert(stat.startTime > 0 && Number.isInteger(stat.startTime));
  assert(isAlive(Deno.pid, stat.startTime));
  assert(!isAlive(Deno.pid, stat.startTime + 1));
});

Deno.test("blanks and parentheses in a command's name move no field", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" }), program = `${directory}/) R 1 (x`;
  Deno.copyFileSync("/bin/sleep", program);
  const child = new Deno.Command(program, { args: ["100"] }).spawn();
  try {
    const { state, startTime } = readProcessStat(child.pid)!;
    assert("RSD".includes(state), state);
    assert(startTime >= readProcessStat(Deno.pid)!.startTime);
  } finally {
    child.kill("SIGKILL");
    await child.status;
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("nobody is no process", () => {
  assertEquals(readProcessStat(2 ** 30), undefined);
  assert(!isAlive(0, 0) && !isAlive(-1, 0) && !isAlive(2 ** 30, 0));
});
