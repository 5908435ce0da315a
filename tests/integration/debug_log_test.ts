/** `--debug`: the steps of create, run and exec by the names that readers of runc's log look for; and warnings. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";

for (const runtimeProgram of [RUNT, "runc"]) {
  const needs = [root, program("runc")], name = runtimeProgram === RUNT ? "runt" : "runc";

  testNeeding(needs, `--debug tells the steps of run and exec: ${name}`, () => {
    using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
    using runtime = new Runtime(runtimeProgram, ["--debug"]);
    const id = runtime.newId(), made = runtime.create(bundle.directory, id);
    for (const step of ["nsexec container setup", "child process in init()"]) {
      assertStringIncludes(made.stderr, step);
    }
    assertStringIncludes(made.stderr, "init: closing the pipe to signal completion");
    runtime.must(["start", id]);
    const { stderr } = runtime.must(["exec", id, "true"]);
    for (const step of ["nsexec container setup", "child process in init()", "setns_init: about to exec"]) {
      assertStringIncludes(stderr, step);
    }
  });

  testNeeding(needs, `an ambient capability that cannot be raised is a warning: ${name}`, () => {
    using bundle = makeBundle(({ process }) => {
      process.args = ["grep", "CapAmb", "/proc/self/status"];
      process.capabilities.inheritable = ["CAP_KILL"];
      process.capabilities.ambient = ["CAP_KILL", "CAP_CHOWN"];
    });
    using runtime = new Runtime(runtimeProgram);
    const { code, stdout, stderr } = runtime.run(bundle.directory);
    assertEquals([code, stdout], [0, "CapAmb:\t0000000000000020\n"]);
    // runc 1.1 says nothing of it
    if (runtimeProgram === RUNT) {
      assertStringIncludes(stderr, "can't raise ambient capability CAP_CHOWN: operation not permitted");
    }
  });
}
