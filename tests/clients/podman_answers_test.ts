/**
 * What podman asks for again is answered without a start of Deno: `start`, `delete`, and the third `exec` of a process. Seen
 * by strace(1): Deno makes threads, the entry stub makes none.
 */
import { assert, assertEquals } from "@std/assert";
import { ANSWERING, isWithoutDeno } from "../support/answering.ts";
import { program, testNeeding } from "../support/needs.ts";
import { RUNT } from "../support/runtime.ts";
import { Podman } from "./podman.ts";

const NEEDS = [...ANSWERING, program("podman"), program("conmon"), program("strace")];

/** A runtime that writes down, below a directory, by how many threads each of its commands was done. */
function watchedRuntime(directory: string): string {
  const path = `${directory}/runt`;
  const script = `#!/bin/sh
for command; do case $command in create|start|exec|delete|kill|state) break; esac; done
exec strace -o "${directory}/$command.$$" -e trace=clone,clone3 '${RUNT}' "$@"
`;
  Deno.writeTextFileSync(path, script, { mode: 0o755 });
  return path;
}

/** Whether all that was done of a command was done without Deno; forgets it. */
function isAnswered(directory: string, command: string): boolean {
  const traces = [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => name.startsWith(`${command}.`)).map((name) => `${directory}/${name}`);
  assert(traces.length > 0, `no ${command}`);
  const texts = traces.map((path) => Deno.readTextFileSync(path));
  traces.forEach((path) => Deno.removeSync(path));
  return texts.every(isWithoutDeno);
}

testNeeding(NEEDS, "podman's start, delete and third exec are answered", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-watched-" });
  try {
    using podman = new Podman(watchedRuntime(directory));
    const { stdout: id } = podman.run(["--detach", "--network", "none", "--name", "c"], ["sleep", "1000"]);
    assertEquals(isAnswered(directory, "create"), false);
    assertEquals(isAnswered(directory, "start"), true);
    for (const answered of [false, false, true, true]) {
      const outcome = podman.call(["exec", "--env", "A=b", "c", "sh", "-c", "echo $A; exit 4"]);
      assertEquals(outcome, { code: 4, stdout: "b\n", stderr: "" });
      assertEquals(isAnswered(directory, "exec"), answered);
    }
    podman.must(["rm", "--force", "--time", "0", id.trim()]);
    assertEquals(isAnswered(directory, "delete"), true);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
