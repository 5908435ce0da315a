/**
 * Commands that come at the same time. Whoever is first, each command ends, says what happened, and the container is in
 * one state that all agree on. Needs root.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";

interface End {
  readonly code: number;
  readonly error: string;
}

/** Runs commands side by side, each a little later than the one before, in turns. */
async function together(runtime: Runtime, round: number, ...commands: string[][]): Promise<End[]> {
  return await Promise.all(commands.map(async (args, i) => {
    // Deno's own start takes most of the time of a command: the commands meet when they begin some milliseconds apart.
    await new Promise((resolve) => setTimeout(resolve, ((round * 3) % 14) * i));
    const { code, stderr } = await new Deno.Command(RUNT, {
      args: ["--debug=false", "--root", runtime.root, ...args],
      stdin: "null",
      stdout: "null",
      signal: AbortSignal.timeout(20_000),
    }).output();
    return { code, error: new TextDecoder().decode(stderr) };
  }));
}

function sleeper(): Bundle {
  return makeBundle(({ process }) => process.args = ["sleep", "100"]);
}

/** Each test with the answers that the entry stub gives, and with TypeScript alone. */
for (const answers of [true, false]) {
  const ROUNDS = answers ? 20 : 10;
  const how = answers ? "" : ", without prepared answers";
  const create = (runtime: Runtime, bundle: Bundle) => {
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id).code, 0);
    if (!answers) {
      for (const name of ["start.answer", "delete.answer"]) {
        try {
          Deno.removeSync(`${runtime.root}/${id}/${name}`);
        } catch { /* none was left */ }
      }
    }
    return id;
  };

  testNeeding([root], `two starts: one starts it, the other says that it runs${how}`, async () => {
    using bundle = sleeper();
    using runtime = new Runtime();
    for (let round = 0; round < ROUNDS; round++) {
      const id = create(runtime, bundle);
      const ends = await together(runtime, round, ["start", id], ["start", id]);
      assertEquals(ends.map(({ code }) => code).toSorted(), [0, 1]);
      assertMatch(ends.find(({ code }) => code === 1)!.error, /cannot start an already running container/);
      assertEquals(runtime.state(id).status, "running");
      runtime.must(["delete", "--force", id]);
    }
  });

  testNeeding([root], `start and delete: it runs, or it is gone${how}`, async () => {
    using bundle = sleeper();
    using runtime = new Runtime();
    for (let round = 0; round < ROUNDS; round++) {
      const id = create(runtime, bundle);
      const [start, deletion] = await together(runtime, round, ["start", id], ["delete", id]) as [End, End];
      if (deletion.code === 0) {
        assertEquals(leftovers(id, runtime.root, bundle.directory), []);
        assert(start.code === 0 || /does not exist|has stopped/.test(start.error), start.error);
      } else {
        assertEquals(start.code, 0, start.error);
        assertMatch(deletion.error, /cannot delete container \S+ that is not stopped: running/);
        runtime.must(["delete", "--force", id]);
      }
    }
  });

  testNeeding([root], `kill and delete --force: both end, and nothing is left${how}`, async () => {
    using bundle = sleeper();
    using runtime = new Runtime();
    for (let round = 0; round < ROUNDS; round++) {
      const id = create(runtime, bundle);
      if (round % 2) runtime.must(["start", id]);
      const commands = [["kill", id, "KILL"], ["delete", "--force", id], ["delete", "--force", id]];
      const ends = await together(runtime, round, ...round % 3 ? commands : commands.toReversed());
      for (const { code, error } of ends) {
        assert(code === 0 || /container (not running|does not exist)/.test(error), error);
      }
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  });

  testNeeding([root], `pause, resume and kill: SIGKILL ends it whatever else is done${how}`, async () => {
    // Several processes: freezing takes a while.
    using bundle = makeBundle(({ process }) => {
      process.args = ["sh", "-c", "for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait"];
      process.rlimits = [];
    });
    using runtime = new Runtime();
    for (let round = 0; round < ROUNDS; round++) {
      const id = create(runtime, bundle);
      runtime.must(["start", id]);
      const commands = [["pause", id], ["kill", id, "KILL"]];
      if (round % 3 === 0) commands.push(["resume", id], ["pause", id]);
      const ends = await together(runtime, round, ...round % 2 ? commands : commands.toReversed());
      for (const { code, error } of ends) {
        assert(code === 0 || /container not (running|paused)/.test(error), error);
      }
      waitUntil("it has stopped", () => runtime.state(id).status === "stopped", 5);
      runtime.must(["delete", id]);
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  });

  testNeeding([root], `start and pause: it is paused as created or as running${how}`, async () => {
    using bundle = sleeper();
    using runtime = new Runtime();
    for (let round = 0; round < ROUNDS; round++) {
      const id = create(runtime, bundle);
      const [start, pause] = await together(runtime, round, ["start", id], ["pause", id]) as [End, End];
      assertEquals(pause.code, 0, pause.error);
      assertEquals(runtime.state(id).status, "paused");
      if (start.code) {
        assertMatch(`${start.code} ${start.error}`, /cannot start a container in the paused state/);
      }
      runtime.must(["resume", id]);
      assertEquals(runtime.state(id).status, start.code ? "created" : "running");
      runtime.must(["delete", "--force", id]);
    }
  });
}

testNeeding([root], "state and delete: what state leaves keeps nothing from being removed", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["true"]);
  using runtime = new Runtime();
  for (let round = 0; round < 20; round++) {
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id).code, 0);
    runtime.must(["start", id]);
    waitUntil("it has stopped", () => runtime.call(["--debug", "state", id]).stdout.includes('"stopped"'));
    // So that it is on its way when the container is deleted, which takes less time.
    const states = together(runtime, 0, ["state", id], ["state", id]);
    await new Promise((resolve) => setTimeout(resolve, 8 + round));
    assertEquals(runtime.must(["delete", id]).stderr, "");
    for (const { code, error } of await states) {
      assert(code === 0 || error.includes("container does not exist"), error);
    }
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  }
});
