/** Deleting containers whose state is damaged, is another's, or was never written. Needs root. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { cgroupsOf, leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

/** What may have become of a state.json. */
const DAMAGES: Readonly<Record<string, (text: string) => string | undefined>> = {
  "is cut short": (text) => text.slice(0, text.indexOf('"runt"')),
  "is of another runtime": (text) => text.replace(/,"runt":.*/, "}"),
  "is empty": () => "",
  "is missing": () => undefined,
  "is something else": () => "[1, 2",
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  for (const status of ["created", "running", "paused"]) {
    testNeeding([root], `delete --force of a ${status} container whose state.json ${name}`, () => {
      using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
      using runtime = new Runtime();
      const id = runtime.newId(), file = `${runtime.root}/${id}/state.json`;
      runtime.create(bundle.directory, id);
      const { pid } = runtime.state(id), text = Deno.readTextFileSync(file), damaged = damage(text);
      if (status !== "created") runtime.must(["start", id]);
      if (status === "paused") runtime.must(["pause", id]);
      if (damaged === undefined) Deno.removeSync(file);
      else Deno.writeTextFileSync(file, damaged);
      if (damaged) {
        const { code, stderr } = runtime.call(["delete", id]);
        assertEquals(code, 1);
        assertStringIncludes(stderr, "is not a state file of runt");
      }
      // A running container of which nothing is known cannot be told from another's of that name.
      const lost = status !== "created" && !damaged?.includes("cgroup_paths");
      const { code, stderr } = runtime.call(["delete", "--force", id]);
      assertEquals(code, 0, stderr);
      if (!lost) return assertEquals(leftovers(id, runtime.root, bundle.directory), []);
      assertStringIncludes(stderr, `cgroup of container ${id} is left: processes ${pid} may be another's`);
      if (status === "paused") thaw(text);
      Deno.kill(pid, "SIGKILL");
      waitUntil("it is gone", () => run("test", ["-d", `/proc/${pid}/root/`]).code !== 0);
      // Nobody is in them any more once it has been reaped.
      waitUntil("its cgroups are empty", () => {
        for (const cgroup of cgroupsOf(id)) run("rmdir", [cgroup.replace(/^cgroup /, "")]);
        return cgroupsOf(id).length === 0;
      });
    });
  }
}

function thaw(state: string): void {
  const paths: Record<string, string> = JSON.parse(state).cgroup_paths;
  if (paths.freezer) Deno.writeTextFileSync(`${paths.freezer}/freezer.state`, "THAWED");
  else Deno.writeTextFileSync(`${paths[""]}/cgroup.freeze`, "0");
}

testNeeding(
  [root, program("runc")],
  "delete --force clears up what runc has made below the same root",
  () => {
    using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
    using runtime = new Runtime("runc");
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id).code, 0);
    runtime.must(["start", id]);
    const { code, stderr } = run(RUNT, ["--root", runtime.root, "delete", "--force", id]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  },
);

testNeeding([root], "another container of the same name below another root survives", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  using other = new Runtime();
  const id = runtime.newId();
  other.create(bundle.directory, id);
  other.must(["start", id]);
  Deno.mkdirSync(`${runtime.root}/${id}`);
  const { code } = runtime.call(["delete", "--force", id]);
  assertEquals(code, 0);
  assertEquals(other.state(id).status, "running");
  assertEquals(run("test", ["-e", `${runtime.root}/${id}`]).code, 1);
});

testNeeding([root], "a container whose init has died is told apart by start, kill, pause and delete", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  for (const started of [false, true]) {
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    if (started) runtime.must(["start", id]);
    Deno.kill(runtime.state(id).pid, "SIGKILL");
    waitUntil("it is gone", () => runtime.state(id).status === "stopped");
    const said = (command: string) => {
      const { code, stderr } = runtime.call([command, id]);
      assertEquals(code, 1);
      return stderr;
    };
    assertStringIncludes(said("start"), "cannot start a container that has stopped");
    assertStringIncludes(said("kill"), "container not running");
    assertStringIncludes(said("pause"), "container not running");
    assertStringIncludes(said("resume"), "container not paused");
    runtime.must(["delete", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  }
});
