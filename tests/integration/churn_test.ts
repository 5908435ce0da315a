import { assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { cgroupsOf, leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";

/** The emulated guests are slow; a hundred show there what five hundred show here. */
const CONTAINERS = Deno.env.get("RUNT_GUEST") ? 100 : 500;
const AT_A_TIME = 8;

testNeeding([root], `${CONTAINERS} containers, ${AT_A_TIME} at a time, leave nothing`, async () => {
  using bundle = makeBundle(({ process }) => process.args = ["true"]);
  using runtime = new Runtime();
  const mounts = () => Deno.readTextFileSync("/proc/self/mountinfo").split("\n").length;
  const mountsBefore = mounts(), failures: string[] = [], ids: string[] = [];
  const call = async (...args: string[]) => {
    const { code } = await new Deno.Command(RUNT, {
      args: ["--root", runtime.root, ...args],
      stdin: "null",
      stdout: "null",
      // A created container keeps its streams: a pipe would not end before it does.
      stderr: args[0] === "create" ? "null" : "piped",
    }).output();
    if (code !== 0) failures.push(`${args.join(" ")}: exit code ${code}`);
  };
  let next = 0;
  const work = async () => {
    while (next < CONTAINERS) {
      const number = next++, id = `${runtime.newId()}-${number}`;
      ids.push(id);
      // Every third is run, every third made and started, every third only made.
      if (number % 3 === 0) {
        await call("run", "-b", bundle.directory, id);
        continue;
      }
      await call("create", "-b", bundle.directory, id);
      if (number % 3 === 1) await call("start", id);
      await call("delete", "--force", id);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  assertEquals(failures, []);
  assertEquals(ids.length, CONTAINERS);
  // The bundle's answer is for later runs of it.
  const left = [...Deno.readDirSync(runtime.root)].map(({ name }) => name).filter((name) =>
    !/^\.run\.\d\d\.answer$/.test(name)
  );
  assertEquals(left, ["journal.ndjson"]);
  assertEquals(mounts(), mountsBefore);
  assertEquals(leftovers(ids[0]!, runtime.root, bundle.directory), []);
  assertEquals(cgroupsOf(`${ids[0]!.split("-").slice(0, 2).join("-")}*`), []);
});
