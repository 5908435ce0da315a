/**
 * A terminal of what is executed in a container, in the foreground and over a console socket.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TIOCGWINSZ } from "../../ffi/constants/ioctl.ts";
import { Out } from "../../ffi/kernel.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { type RunningContainer, startContainer } from "../support/running_container.ts";
import { RUNT, waitUntil } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";

const BOTH = [root, program("runc")];

/** exec on a terminal of the test's. */
function drive({ runtime, id }: RunningContainer, ...command: string[]): TerminalDriver {
  const path = runtime.program.startsWith("/") ? runtime.program : `/usr/sbin/${runtime.program}`;
  return new TerminalDriver([path, "--root", runtime.root, "exec", "-t", id, ...command]);
}

testNeeding(
  BOTH,
  "exec --tty has a terminal of the container's, with the caller's size, as under runc",
  () => {
    const seen = [RUNT, "runc"].map((runtimeProgram) => {
      using running = startContainer(() => {}, runtimeProgram);
      const script =
        "tty; ls -l $(tty) | cut -c1-10; echo $TERM; read word; stty size; echo got $word; exit 7";
      using terminal = drive(running, "sh", "-c", script);
      terminal.expect("xterm");
      terminal.type("word\r");
      terminal.expect("got word");
      // runc may put a carriage return before each line's own, until it has seen to the modes.
      return [terminal.wait(), terminal.shown.replaceAll("\r\r", "\r")];
    });
    assertEquals(seen[0], seen[1]);
    assertEquals(seen[0]![0], 7);
    assertStringIncludes(String(seen[0]![1]), "/dev/pts/0\r\n");
  },
);

testNeeding([root], "exec --tty passes Ctrl-C and the size on", () => {
  using running = startContainer();
  const script = "trap 'stty size; exit 3' INT; echo ready; while :; do usleep 20000; done";
  using terminal = drive(running, "sh", "-c", script);
  terminal.expect("ready");
  terminal.resize(11, 77);
  terminal.type("\x03");
  terminal.expect("11 77");
  assertEquals(terminal.wait(), 3);
});

testNeeding([root], "another user has the terminal", () => {
  using running = startContainer();
  const { runtime, id } = running;
  const command = [RUNT, "--root", runtime.root, "exec", "--tty", "--user", "1000", id] as const;
  using terminal = new TerminalDriver([
    ...command,
    "sh",
    "-c",
    "stat -c 'user %u' $(tty); echo again >$(tty)",
  ]);
  terminal.expect("user 1000");
  terminal.expect("again");
  assertEquals(terminal.wait(), 0);
});

testNeeding(BOTH, "detached, the terminal is sent over the console socket, as under runc", () => {
  const seen = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(() => {}, runtimeProgram);
    const { runtime, id } = running, path = `${runtime.root}/console`;
    using receiver = new DescriptorReceiver(path);
    const { kernel } = receiver;
    const flags = ["--tty", "--detach", "--console-socket", path];
    const outcome = runtime.call(["exec", ...flags, id, "sh", "-c", "tty; read word; echo got $word"]);
    const { words, fds } = receiver.receive(), master = fds[0]!, size = new Out(8);
    kernel.ioctl(master, TIOCGWINSZ, size);
    let shown = "";
    const expect = (what: string) =>
      waitUntil(what, () => {
        const out = new Out(4096), got = kernel.read(master, out, { accept: "any" }).value;
        shown += new TextDecoder().decode(out.bytes.subarray(0, Math.max(0, got)));
        return shown.includes(what);
      });
    expect("/dev/pts/0\r\n");
    kernel.write(master, "word\n");
    expect("got word\r\n");
    kernel.close(master);
    return [outcome, words.replace(/^\/dev\/(pts\/)?ptmx$/, "ptmx"), [...size.bytes], shown];
  });
  assertEquals(seen[0], seen[1]);
});

testNeeding(
  BOTH,
  "a terminal that nobody would get, and a socket without one, are refused as by runc",
  () => {
    for (const flags of [["-d", "-t"], ["--console-socket", "s"], ["-d", "--console-socket", "s"]]) {
      const [ours, theirs] = [RUNT, "runc"].map((runtimeProgram) => {
        using running = startContainer(() => {}, runtimeProgram);
        const { code, stderr } = running.exec(...flags, "ID", "true");
        return [code, /msg="exec failed: (?:process.terminal: )?(.*)"/.exec(stderr)?.[1]];
      });
      assertEquals(ours, theirs, flags.join(" "));
      assertMatch(String(ours![1]), /console socket/);
    }
  },
);

testNeeding([root], "a container's own thing at /dev/pts is not taken for a devpts", () => {
  using running = startContainer(({ process }) => {
    for (const set of ["bounding", "effective", "permitted"]) process.capabilities[set].push("CAP_SYS_ADMIN");
  });
  running.exec("ID", "mount", "-t", "tmpfs", "none", "/dev/pts");
  running.exec("ID", "ln", "-s", "/proc/self/fd/0", "/dev/pts/ptmx");
  using terminal = drive(running, "true");
  assertEquals(terminal.wait(), 255);
  assertStringIncludes(terminal.shown, "ptmx handle is not on a real devpts mount");
});
