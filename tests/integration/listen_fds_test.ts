/** Socket activation (`sd_listen_fds(3)`) and `--preserve-fds`, beside runc. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { type Outcome, run, RUNT, Runtime } from "../support/runtime.ts";

const LOOK = "env | grep LISTEN; for fd in 3 4 5; do read -r line <&$fd && echo $fd $line; done; " +
  "ls /proc/self/fd | wc -l";

/** Runs a container with three open descriptors, and the variables of the shell's own pid. */
function activate(executable: string, variables: string, ...flags: string[]): Outcome {
  using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", `(${LOOK}) 2>/dev/null`]);
  using runtime = new Runtime(executable);
  const script = `exec 3<<<three 4<<<four 5<<<five; runtime=$1 root=$2; shift 2; ${variables} ` +
    'exec "$runtime" --root "$root" run "$@"';
  const command = [executable, runtime.root, "-b", bundle.directory, ...flags, runtime.newId()];
  return run("bash", ["-c", script, "bash", ...command]);
}

testNeeding(
  [root, program("runc"), program("bash")],
  "sockets of a service manager arrive as under runc",
  () => {
    const cases: [variables: string, flags: string[]][] = [
      ["LISTEN_PID=$$ LISTEN_FDS=2", []],
      ["LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=one", ["--preserve-fds", "2"]],
      ["LISTEN_PID=$$ LISTEN_FDS=0", []],
      ["LISTEN_PID=1 LISTEN_FDS=2", []],
      ["LISTEN_FDS=2", ["--preserve-fds", "1"]],
      ["LISTEN_PID=$$ LISTEN_FDS=x", []],
    ];
    for (const [variables, flags] of cases) {
      assertEquals(activate(RUNT, variables, ...flags), activate("runc", variables, ...flags), variables);
    }
    const { stdout } = activate(RUNT, ...cases[1]!.flat() as [string, ...string[]]);
    assertEquals(stdout, "LISTEN_FDS=1\nLISTEN_PID=1\n3 three\n4 four\n5 five\n7\n");
  },
);

testNeeding([root, program("bash")], "descriptors that are not there are told, and whose they are", () => {
  const missing = activate(RUNT, "LISTEN_PID=$$ LISTEN_FDS=4");
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, "LISTEN_FDS is 4, but descriptor 6 is not open");
  const { code, stderr } = activate(RUNT, "LISTEN_PID=$$ LISTEN_FDS=2", "--preserve-fds", "2");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "unable to stat preserved-fd 1 (of 2): stat /proc/self/fd/6: no such file");
});
