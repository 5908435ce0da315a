import { assertEquals, assertThrows } from "@std/assert";
import { testState } from "../../tests/support/state_fixture.ts";
import { RuntError } from "../error.ts";
import { prepareState, readState, writeState } from "./state_file.ts";

function withDirectory(body: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    body(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("what is written is read, by root alone", () => {
  withDirectory((directory) => {
    const state = testState({ init_process_pid: 7, cgroup_paths: { memory: "/sys/fs/cgroup/memory/é" } });
    writeState(directory, state);
    assertEquals(readState(directory), state);
    assertEquals(Deno.statSync(`${directory}/state.json`).mode! & 0o777, 0o600);
    assertEquals([...Deno.readDirSync(directory)].length, 1);
  });
});

Deno.test("facts that are prepared are read only once they are put into place", () => {
  withDirectory((directory) => {
    writeState(directory, testState());
    const publish = prepareState(directory, testState({ init_process_pid: 7 }));
    assertEquals(readState(directory)?.init_process_pid, 0);
    publish();
    assertEquals(readState(directory)?.init_process_pid, 7);
  });
});

Deno.test("a directory without facts has none; without a directory there is no container", () => {
  withDirectory((directory) => {
    assertEquals(readState(directory), undefined);
    const error = assertThrows(() => readState(`${directory}/c`), RuntError);
    assertEquals([error.code, error.message], ["not-found", "container does not exist"]);
  });
});

Deno.test("a file that is no state of runt is refused by name", () => {
  withDirectory((directory) => {
    for (const text of ["", "{", "null", "[]", '{"init_process_pid":"7"}', '{"init_process_pid":7}']) {
      Deno.writeTextFileSync(`${directory}/state.json`, text);
      const error = assertThrows(() => readState(directory), RuntError, `${directory}/state.json`);
      assertEquals(error.code, "io", text);
    }
    Deno.removeSync(`${directory}/state.json`);
    Deno.mkdirSync(`${directory}/state.json`);
    assertEquals(assertThrows(() => readState(directory), RuntError).code, "io");
  });
});
