import { assertEquals, assertThrows } from "@std/assert";
import { testConfig } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { giveCgroup } from "./cgroup_owner.ts";

const uid = Deno.uid()!;
const CONFIG = { ...testConfig(), process: { ...testConfig().process, uid } };

Deno.test("giveCgroup() passes over files that a cgroup lacks, and takes no other that is there", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-owner-" });
  try {
    Deno.writeTextFileSync(`${directory}/cgroup.procs`, "");
    Deno.symlinkSync("/nonexistent", `${directory}/memory.max`);
    giveCgroup(directory, CONFIG, Deno.pid, false);
    assertEquals(Deno.statSync(`${directory}/cgroup.procs`).uid, uid);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("giveCgroup() fails where there is no cgroup, unless rights may be missing", () => {
  const error = assertThrows(() => giveCgroup("/nonexistent", CONFIG, Deno.pid, false), RuntError);
  assertEquals(
    error.message,
    "unable to apply cgroup configuration: chown /nonexistent: ENOENT: no such file or directory",
  );
  giveCgroup("/nonexistent", CONFIG, Deno.pid, true);
});

Deno.test("giveCgroup() gives nothing to a user who is not mapped", () => {
  // A process that is gone maps nobody.
  const namespaces = [{ type: "user", flag: 0, at: "" }];
  giveCgroup("/nonexistent", { ...CONFIG, namespaces }, 0, false);
});
