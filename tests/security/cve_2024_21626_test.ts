/**
 * CVE-2024-21626: a descriptor of the host that leaks into the container, as its working directory or its program.
 *
 * Seen to fail without the defence: take `closeDescriptors()` out of `libcontainer/process/container_process.ts` and the
 * check of `getcwd` out of `libcontainer/init/credentials.ts`; the first test then lists the host's root.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";

testNeeding([root], "CVE-2024-21626: no descriptor of the host's leads a working directory out", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  // The caller leaks its root and its cgroup directory, as runc once did itself.
  const script = `exec 7</ 8</sys/fs/cgroup; exec "$0" --root "$1" run -b "$2" "$3"`;
  for (const fd of [3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 30]) {
    bundle.update(({ process }) => {
      process.cwd = `/proc/self/fd/${fd}`;
      process.args = ["ls", "../../../../../.."];
    });
    const { code, stdout, stderr } = run("bash", [
      "-c",
      script,
      RUNT,
      runtime.root,
      bundle.directory,
      runtime.newId(),
    ]);
    assert(code !== 0, `${fd}: ${stdout}`);
    assertStringIncludes(stderr, "cwd");
  }
});

testNeeding([root], "CVE-2024-21626: the program has the standard streams and nothing else", () => {
  using bundle = makeBundle(({ process }) => process.args = ["ls", "/proc/self/fd"]);
  using runtime = new Runtime();
  const script = `exec 5</ 33</etc 200</; exec "$0" --root "$1" run -b "$2" "$3"`;
  const { stdout } = run("bash", ["-c", script, RUNT, runtime.root, bundle.directory, runtime.newId()]);
  assertEquals(stdout, "0\n1\n2\n3\n"); // 3 is the directory that ls reads
});

testNeeding([root], "CVE-2024-21626: a program path through a descriptor is not found", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  for (const fd of [3, 5, 7, 20, 30]) {
    bundle.update(({ process }) =>
      process.args = [`/proc/self/fd/${fd}/../../../../../../../../bin/sh`, "-c", "echo out"]
    );
    const { code, stdout } = run("bash", [
      "-c",
      `exec 5</ 7</usr 20</; exec "$0" --root "$1" run -b "$2" "$3"`,
      RUNT,
      runtime.root,
      bundle.directory,
      runtime.newId(),
    ]);
    assertEquals([fd, code !== 0, stdout], [fd, true, ""]);
  }
});
