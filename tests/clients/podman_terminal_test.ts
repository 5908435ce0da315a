import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { waitUntil } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";
import { IMAGE, Podman, RUN_FLAGS } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon")];
const NO_NETWORK = ["--network", "none"];

testNeeding(NEEDS, "podman run --tty gives the program a terminal", () => {
  using podman = new Podman();
  const { code, stdout } = podman.run(["--rm", "--tty", ...NO_NETWORK], [
    "sh",
    "-c",
    "tty; stat -c %t:%T /dev/console; exit 4",
  ]);
  assertEquals([code, stdout], [4, "/dev/pts/0\r\n88:0\r\n"]);
});

testNeeding(
  NEEDS,
  "podman run -it is a shell on a terminal, which has the terminal's size and follows it",
  () => {
    using podman = new Podman();
    const command = podman.command([
      "run",
      ...RUN_FLAGS,
      "--rm",
      "--interactive",
      "--tty",
      ...NO_NETWORK,
      IMAGE,
      "sh",
    ]);
    using terminal = new TerminalDriver(command, { rows: 33, columns: 111 });
    terminal.expect("# ", 30);
    terminal.type("stty size\n");
    terminal.expect("33 111\r\n");
    terminal.resize(20, 90);
    waitUntil("conmon has passed the size on", () => {
      terminal.type("stty size\n");
      return terminal.expect(/(\d+ \d+)\r\n/)[1] === "20 90";
    });
    terminal.type("echo st''arted; cat\n");
    terminal.expect("started\r\n");
    terminal.type("\x03");
    terminal.expect("# ");
    terminal.type("exit 6\n");
    assertEquals(terminal.wait(30), 6);
  },
);

testNeeding(NEEDS, "podman run -dt, attach, and detach by keys", () => {
  using podman = new Podman();
  const script = "while read word; do echo got $word; done";
  const flags = ["--detach", "--interactive", "--tty", "--name", "c", ...NO_NETWORK];
  assertEquals(podman.run(flags, ["sh", "-c", script]).code, 0);
  for (const word of ["one", "two"]) {
    using terminal = new TerminalDriver(podman.command(["attach", "--detach-keys", "ctrl-q", "c"]));
    waitUntil("it is attached", () => {
      terminal.type(`${word}\n`);
      return terminal.see(`got ${word}\r\n`);
    }, 30);
    // podman knows the key when it comes alone.
    terminal.type(`last ${word}\n`);
    terminal.expect(`got last ${word}\r\n`);
    terminal.type("\x11");
    terminal.wait(30);
    assertEquals(podman.inspect("c", "{{.State.Status}}"), "running");
  }
  // A hang-up of the container's end: its shell gets an end of file.
  using last = new TerminalDriver(podman.command(["attach", "c"]));
  waitUntil("it is attached", () => {
    last.type("three\n");
    return last.see("got three\r\n");
  }, 30);
  last.type("last\n");
  last.expect("got last\r\n");
  last.type("\x04");
  assertEquals(last.wait(30), 0);
  // "stopped" until podman has cleaned up.
  waitUntil(
    "it has exited",
    () => podman.inspect("c", "{{.State.Status}} {{.State.ExitCode}}") === "exited 0",
  );
});

testNeeding(NEEDS, "podman exec -it has a terminal beside the container's own", () => {
  using podman = new Podman();
  const script = "stat -c %t:%T /dev/console; while true; do usleep 50000; done";
  assertEquals(podman.run(["--detach", "--tty", "--name", "c", ...NO_NETWORK], ["sh", "-c", script]).code, 0);
  using terminal = new TerminalDriver(podman.command(["exec", "-it", "c", "sh"]), { rows: 21, columns: 87 });
  terminal.expect("# ", 30);
  terminal.type("tty; stty size\n");
  terminal.expect("/dev/pts/1\r\n21 87\r\n");
  terminal.type("echo st''arted; cat\n");
  terminal.expect("started\r\n");
  terminal.type("\x03");
  terminal.expect("# ");
  terminal.type("exit 8\n");
  assertEquals(terminal.wait(30), 8);
  assertEquals(podman.inspect("c", "{{.State.Status}}"), "running");
});
