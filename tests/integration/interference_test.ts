import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";

testNeeding([root], "run hands the exit code on though another one deleted the container", async () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  const child = new Deno.Command(RUNT, {
    args: ["--root", runtime.root, "run", "-b", bundle.directory, id],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  waitUntil("it runs", () => runtime.call(["state", id]).stdout.includes('"running"'));
  runtime.must(["delete", "--force", id]);
  const { code, stderr } = await output;
  assertEquals({ code, stderr: new TextDecoder().decode(stderr) }, { code: 137, stderr: "" });
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding([root], "a state file that is none is deleted by force only", () => {
  using runtime = new Runtime();
  const id = runtime.newId(), directory = `${runtime.root}/${id}`;
  Deno.mkdirSync(directory);
  Deno.writeTextFileSync(`${directory}/state.json`, "{");
  assertStringIncludes(runtime.call(["delete", id]).stderr, "it is not a state file of runt");
  runtime.must(["delete", "--force", id]);
  assertEquals(runtime.call(["list", "-q"]).stdout, "");
});

testNeeding([root], "a failure leaves no pid file, and one in the id map says where", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const pidFile = `${bundle.directory}/pid`;
  const make = () => {
    const id = runtime.newId();
    const { code, stderr } = runtime.create(bundle.directory, id, ["--pid-file", pidFile]);
    assertEquals(code, 1);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    assertEquals([...Deno.readDirSync(bundle.directory)].map(({ name }) => name).sort(), [
      "config.json",
      "rootfs",
    ]);
    return stderr;
  };
  bundle.update(({ process }) => process.args = ["/missing"]);
  assertStringIncludes(make(), "/missing");
  bundle.update(({ linux }) => {
    linux.namespaces.push({ type: "user" });
    // More lines than a page of the map's text holds (user_namespaces(7)).
    const mappings = Array.from(
      { length: 341 },
      (_, i) => ({ containerID: i, hostID: 100_000 + i, size: 1 }),
    );
    linux.uidMappings = linux.gidMappings = mappings;
  });
  assertStringIncludes(make(), "linux.uidMappings");
});
