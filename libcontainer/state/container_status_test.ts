import { assert, assertEquals } from "@std/assert";
import { testState } from "../../tests/support/state_fixture.ts";
import { readProcessStat } from "../process/process_stat.ts";
import { statusOf } from "./container_status.ts";
import { execFifoPath } from "./exec_fifo.ts";

const yes = () => true, no = () => false;
const never = () => {
  throw new Error("Cannot be asked: it does not matter");
};

Deno.test("a container without facts, or without a process while somebody makes it, is being created", () => {
  assertEquals(statusOf("/missing", undefined, never, never), "creating");
  assertEquals(statusOf("/missing", testState(), never, yes), "creating");
  assertEquals(statusOf("/missing", testState(), never, no), "stopped");
});

Deno.test("one whose process lives is created, running or paused", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    const startTime = readProcessStat(Deno.pid)!.startTime;
    const state = testState({ init_process_pid: Deno.pid, init_process_start: startTime });
    assertEquals(statusOf(directory, state, no, never), "running");
    assertEquals(statusOf(directory, state, yes, never), "paused");
    assert(new Deno.Command("mkfifo", { args: [execFifoPath(directory)] }).outputSync().success);
    assertEquals(statusOf(directory, state, no, never), "created");
    // The pid is another process's by now.
    assertEquals(
      statusOf(directory, { ...state, init_process_start: startTime - 1 }, never, never),
      "stopped",
    );
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
