import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, Runtime } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";

/** A bundle whose program has a terminal. */
function terminalBundle(script: string, change: (config: Config) => void = () => {}): Bundle {
  return makeBundle((config) => {
    config.process.terminal = true;
    config.process.args = ["sh", "-c", script];
    change(config);
  });
}

/** `run` on a terminal of its own. */
function runOn(runtime: Runtime, bundle: Bundle, id = runtime.newId()): TerminalDriver {
  return new TerminalDriver(commandOf(runtime, bundle, id));
}

function commandOf(runtime: Runtime, bundle: Bundle, id: string): [string, ...string[]] {
  const path = run("sh", ["-c", `command -v "$1"`, "sh", runtime.program]).stdout.trim();
  return [path, "--root", runtime.root, ...runtime.globalFlags, "run", "-b", bundle.directory, id];
}

const LOOK =
  `for fd in 0 1 2; do readlink /proc/self/fd/$fd; done; tty; stat -c '%u:%g %a %t:%T' $(tty) /dev/console
  awk '{ print $7 != 0 ? "controlling" : "none", $6 == 1 }' /proc/1/stat
  awk '$5 == "/dev/console" { print $4, $9 }' /proc/self/mountinfo; ls /dev/pts`;

for (
  const [what, change] of [
    ["root", () => {}],
    ["another user", ({ process }: Config) => process.user = { uid: 1000, gid: 1000 }],
    ["a user namespace", ({ linux, process }: Config) => {
      linux.namespaces.push({ type: "user" });
      linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
      process.user = { uid: 7, gid: 8 };
    }],
  ] as [string, (config: Config) => void][]
) {
  testNeeding([root, program("runc")], `a terminal is the container's own, as in runc: ${what}`, () => {
    using bundle = terminalBundle(LOOK, change);
    if (what === "a user namespace") run("chown", ["-R", "100000:100000", bundle.rootfs]);
    const shown = ["", "runc"].map((name) => {
      using runtime = name ? new Runtime(name) : new Runtime();
      using terminal = runOn(runtime, bundle);
      // What runc's container writes before runc has taken its terminal has two returns in each line.
      return [terminal.wait(), name ? terminal.shown.replaceAll("\r\r\n", "\r\n") : terminal.shown];
    });
    assertEquals(shown[0], shown[1]);
    assertStringIncludes(String(shown[0]![1]), "/dev/pts/0\r\n/dev/pts/0\r\n/dev/pts/0\r\n");
    assertStringIncludes(String(shown[0]![1]), "controlling 1\r\n");
  });
}
