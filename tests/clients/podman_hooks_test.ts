import { assertEquals, assertStringIncludes } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT } from "../support/runtime.ts";
import { Podman } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon")];
const NO_NETWORK = ["--network", "none"];

/** A directory with a hook for each stage, which writes its stage and status to a file beside. */
function makeHooksDirectory(stages: readonly string[], script: string): string {
  const directory = Deno.makeTempDirSync({ prefix: "runt-podman-hooks-" });
  Deno.mkdirSync(`${directory}/hooks.d`);
  Deno.writeTextFileSync(`${directory}/hook`, `#!/bin/sh\n${script}\n`);
  Deno.chmodSync(`${directory}/hook`, 0o755);
  for (const stage of stages) {
    const hook = {
      version: "1.0.0",
      hook: { path: `${directory}/hook`, args: ["hook", stage, `${directory}/log`] },
      when: { always: true },
      stages: [stage],
    };
    Deno.writeTextFileSync(`${directory}/hooks.d/${stage}.json`, JSON.stringify(hook));
  }
  return directory;
}

testNeeding(NEEDS, "podman's hooks are run at their stages, with the container's state", () => {
  const stages = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"];
  const directory = makeHooksDirectory(stages, 'echo $1 $(sed \'s/.*"status":"\\([a-z]*\\).*/\\1/\') >> $2');
  try {
    using podman = new Podman(RUNT, ["--hooks-dir", `${directory}/hooks.d`]);
    const { code, stdout, stderr } = podman.run(["--rm", ...NO_NETWORK], [
      "sh",
      "-c",
      "usleep 500000; echo ok",
    ]);
    assertEquals([code, stdout, stderr], [0, "ok\n", ""]);
    assertEquals(Deno.readTextFileSync(`${directory}/log`).trim().split("\n"), [
      "prestart creating",
      "createRuntime creating",
      "createContainer creating",
      "poststart running",
      "poststop stopped",
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

testNeeding(NEEDS, "podman tells of a hook that failed", () => {
  const directory = makeHooksDirectory(["createRuntime"], "echo no such device >&2; exit 4");
  try {
    using podman = new Podman(RUNT, ["--hooks-dir", `${directory}/hooks.d`]);
    const { code, stderr } = podman.run(["--rm", ...NO_NETWORK], ["true"]);
    assertEquals(code, 126);
    assertStringIncludes(stderr, "error running createRuntime hook #0: exit status 4");
    assertStringIncludes(stderr, "no such device");
    assertEquals(podman.must(["ps", "--all", "--quiet"]), "");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
