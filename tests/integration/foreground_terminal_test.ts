/** A container in the foreground of a terminal, driven through a pseudoterminal: what its user sees and presses. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { SYSCALLS } from "../../ffi/syscall_numbers/x86_64.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, Runtime, waitUntil } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";

const NEEDS = [root];

function terminalBundle(script: string): Bundle {
  return makeBundle(({ process }) => Object.assign(process, { terminal: true, args: ["sh", "-c", script] }));
}

function commandOf(runtime: Runtime, bundle: Bundle, id: string): [string, ...string[]] {
  const path = run("sh", ["-c", `command -v "$1"`, "sh", runtime.program]).stdout.trim();
  return [path, "--root", runtime.root, ...runtime.globalFlags, "run", "-b", bundle.directory, id];
}

function runOn(runtime: Runtime, bundle: Bundle, size?: { rows: number; columns: number }): TerminalDriver {
  return new TerminalDriver(commandOf(runtime, bundle, runtime.newId()), size);
}

/** A shell that leads the session runs a container, and another command after it. */
function underShell(
  runtime: Runtime,
  bundle: Bundle,
  id: string,
  after = 'echo "code $?"; read wait',
): TerminalDriver {
  const settings = "stty -ixon -echoctl erase ^B";
  return new TerminalDriver([
    "/bin/sh",
    "-c",
    `${settings}; echo set; read go; "$@"; ${after}`,
    "sh",
    ...commandOf(runtime, bundle, id),
  ]);
}

/** The pid of the runtime that a shell runs. */
function childOf(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ")[0]);
}

function modesOf(terminal: TerminalDriver): string {
  return [...terminal.modes()].join();
}

testNeeding(
  [root, program("runc")],
  "the container's terminal has the caller's size, and follows it, as in runc",
  () => {
    for (const name of [undefined, "runc"]) {
      using bundle = terminalBundle(
        "trap 'stty size' WINCH; stty size; echo ready; while true; do usleep 10000; done",
      );
      using runtime = name === undefined ? new Runtime() : new Runtime(name);
      using terminal = runOn(runtime, bundle, { rows: 33, columns: 111 });
      if (name === undefined) terminal.expect("33 111\r\n");
      terminal.expect("ready");
      terminal.resize(22, 99);
      terminal.expect("22 99\r\n");
      terminal.resize(44, 55);
      terminal.expect("44 55\r\n");
    }
  },
);

testNeeding(NEEDS, "process.consoleSize counts on a terminal that does not know its own size", () => {
  using bundle = makeBundle(({ process }) => {
    Object.assign(process, {
      terminal: true,
      args: ["stty", "size"],
      consoleSize: { height: 12, width: 34 },
    });
  });
  using runtime = new Runtime();
  using terminal = runOn(runtime, bundle, { rows: 0, columns: 0 });
  terminal.wait();
  assertEquals(terminal.shown, "12 34\r\n");
  using sized = runOn(runtime, bundle, { rows: 5, columns: 6 });
  sized.wait();
  assertEquals(sized.shown, "5 6\r\n");
});

testNeeding(NEEDS, "Ctrl-C, Ctrl-\\ and Ctrl-D are the container's", () => {
  using bundle = terminalBundle(
    "trap 'echo INT; x=1' INT; trap 'echo QUIT' QUIT; echo ready; until [ $x ]; do usleep 10000; done; cat; echo end",
  );
  using runtime = new Runtime();
  using terminal = runOn(runtime, bundle);
  terminal.expect("ready\r\n");
  terminal.type("\x03");
  terminal.expect("INT\r\n");
  terminal.type("word\n");
  terminal.expect("word\r\nword\r\n");
  terminal.type("\x04");
  terminal.expect("end\r\n");
  assertEquals(terminal.wait(), 0);
  using quit = runOn(runtime, bundle);
  quit.expect("ready\r\n");
  quit.type("\x1c");
  quit.expect("QUIT\r\n");
});

testNeeding(NEEDS, "Ctrl-Z stops a job of the container's shell, which goes on with fg", () => {
  using bundle = makeBundle(({ process }) => Object.assign(process, { terminal: true, args: ["sh", "-i"] }));
  using runtime = new Runtime();
  using terminal = runOn(runtime, bundle);
  terminal.expect("# ");
  terminal.type("echo st''arted; cat\n");
  terminal.expect("started\r\n");
  terminal.type("one\n");
  terminal.expect("one\r\none\r\n");
  terminal.type("\x1a");
  terminal.expect(/Stopped\W+cat/);
  // It may be running: there was something to copy just now.
  assertNotEquals(
    Deno.readTextFileSync(`/proc/${terminal.pid}/stat`).split(" ")[2],
    "T",
    "runt itself is not stopped",
  );
  terminal.type("fg\n");
  terminal.expect(/fg\r\n\S*cat/);
  terminal.type("two\n");
  terminal.expect("two\r\ntwo\r\n");
  terminal.type("\x04");
  terminal.expect("# ");
  terminal.type("exit 9\n");
  assertEquals(terminal.wait(), 9);
});

testNeeding(NEEDS, "a terminal that goes away hangs the container up", () => {
  using bundle = terminalBundle("trap 'exit 3' HUP; echo ready; while true; do usleep 10000; done");
  using runtime = new Runtime();
  const id = runtime.newId();
  using terminal = new TerminalDriver(commandOf(runtime, bundle, id));
  terminal.expect("ready");
  terminal.hangUp();
  assertEquals(terminal.wait(), 3);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

for (
  const [what, script, meanwhile, code] of [
    ["the container's end", "echo ready; read x; exit 7", (terminal) => terminal.type("x\n"), 7],
    [
      "SIGTERM",
      "trap 'exit 8' TERM; echo ready; while true; do usleep 10000; done",
      (_, pid) => Deno.kill(pid, "SIGTERM"),
      8,
    ],
    [
      "SIGHUP",
      "trap 'exit 9' HUP; echo ready; while true; do usleep 10000; done",
      (_, pid) => Deno.kill(pid, "SIGHUP"),
      9,
    ],
    ["a fault of runt's own", "echo ready; read x", crash, 132],
    ["SIGKILL", "echo ready; read x", (_, pid) => Deno.kill(pid, "SIGKILL"), 137],
  ] as [string, string, (terminal: TerminalDriver, runt: number) => void, number][]
) {
  testNeeding(NEEDS, `the caller's terminal is as it was after ${what}`, () => {
    using bundle = terminalBundle(script);
    using runtime = new Runtime();
    const id = runtime.newId();
    using terminal = underShell(runtime, bundle, id);
    const before = letGo(terminal);
    terminal.expect("ready\r\n");
    const during = modesOf(terminal), runt = childOf(terminal.pid), children = descendants(runt);
    assert(during !== before, "it should be raw");
    meanwhile(terminal, runt);
    terminal.expect(`code ${code}\r\n`);
    waitUntil("the modes are those of before", () => modesOf(terminal) === before, 2);
    terminal.type("\n");
    assertEquals(terminal.wait(), 0);
    waitUntil("nobody is left to watch", () => children.every((pid) => !isAlive(pid)));
    if (code > 128) runtime.must(["delete", "--force", id]);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  });
}

testNeeding(NEEDS, "the caller's terminal is as it was when the container cannot be made or executed", () => {
  for (const args of [["no-such-program"], ["/etc"]]) {
    using bundle = makeBundle(({ process }) => Object.assign(process, { terminal: true, args }));
    using runtime = new Runtime();
    using terminal = underShell(runtime, bundle, runtime.newId());
    const before = letGo(terminal);
    terminal.expect(/ERRO.*\r\n/);
    terminal.expect("code 1\r\n");
    assertEquals(modesOf(terminal), before);
    terminal.type("\n");
    assertEquals(terminal.wait(), 0);
  }
});

testNeeding(NEEDS, "a runtime that was stopped and continued goes on raw", () => {
  using bundle = terminalBundle("echo ready; while read word; do echo got $word; done");
  using runtime = new Runtime();
  using terminal = underShell(runtime, bundle, runtime.newId());
  letGo(terminal);
  terminal.expect("ready\r\n");
  const raw = modesOf(terminal), runt = childOf(terminal.pid);
  Deno.kill(runt, "SIGSTOP");
  waitUntil("it is stopped", () => Deno.readTextFileSync(`/proc/${runt}/stat`).split(" ")[2] === "T");
  // What a shell with job control does when it takes the terminal.
  run("stty", ["-F", `/proc/${terminal.pid}/fd/0`, "sane"]);
  assert(modesOf(terminal) !== raw);
  terminal.resize(10, 20);
  Deno.kill(runt, "SIGCONT");
  waitUntil("it is raw again", () => modesOf(terminal) === raw);
  terminal.type("word\n");
  terminal.expect("got word\r\n");
});

testNeeding(
  NEEDS,
  "in the background it stops when it wants the terminal, and goes on in the foreground",
  () => {
    using bundle = terminalBundle("tty; read word; echo got $word; exit 5");
    using runtime = new Runtime();
    const words = commandOf(runtime, bundle, runtime.newId()).join(" ");
    using terminal = new TerminalDriver(["/bin/bash", "--norc", "-i"]);
    terminal.type("PS1='$ '; echo st''arted\n");
    terminal.expect("started\r\n");
    terminal.type(`${words} &\n`);
    // Told by the shell when it asks for the next command.
    waitUntil("it is stopped", () => {
      terminal.type("jobs\n");
      return terminal.see("Stopped");
    });
    assert(!terminal.see("/dev/pts/0"));
    terminal.type("fg\n");
    terminal.expect("/dev/pts/0\r\n");
    terminal.type("word\n");
    terminal.expect("got word\r\n");
    terminal.expect("$ ");
    terminal.type("echo code $?\n");
    terminal.expect("code 5\r\n");
  },
);

testNeeding(NEEDS, "all that was written before the end is shown", () => {
  using bundle = terminalBundle("seq 1 50000; printf last");
  using runtime = new Runtime();
  using terminal = runOn(runtime, bundle);
  assertEquals(terminal.wait(60), 0);
  const expected = Array.from({ length: 50000 }, (_, i) => `${i + 1}\r\n`).join("") + "last";
  assert(terminal.shown === expected, `${terminal.shown.length} characters of ${expected.length}`);
  for (let i = 0; i < 10; i++) {
    using short = terminalBundle("printf short");
    using once = runOn(runtime, short);
    once.wait();
    assertEquals(once.shown, "short");
  }
});

testNeeding(NEEDS, "more than the terminal holds is typed", () => {
  using bundle = terminalBundle("stty -icanon -echo; echo ready; head -c 100000 | sort | uniq -c; echo done");
  using runtime = new Runtime();
  using terminal = runOn(runtime, bundle);
  terminal.expect("ready\r\n");
  for (let i = 0; i < 1000; i++) terminal.type("x".repeat(99) + "\n");
  terminal.expect(/ 1000 x{99}\r\ndone\r\n/, 30);
  assertEquals(terminal.wait(), 0);
});

/** Has the shell run the container; the modes of before. */
function letGo(terminal: TerminalDriver): string {
  terminal.expect("set\r\n");
  const before = modesOf(terminal);
  terminal.type("\n");
  return before;
}

testNeeding([root, program("runc")], "streams that are no terminal are read and written as by runc", () => {
  for (const redirect of ["</dev/null", "| cat", "2>/dev/null </dev/null", "</dev/null 2>&1 | cat"]) {
    const shown = [undefined, "runc"].map((name) => {
      using bundle = terminalBundle("tty; printf 'one\\ntwo\\n'; exit 3");
      using runtime = name === undefined ? new Runtime() : new Runtime(name);
      const command = commandOf(runtime, bundle, runtime.newId());
      using terminal = new TerminalDriver(["/bin/sh", "-c", `"$@" ${redirect}; echo $?`, "sh", ...command]);
      terminal.wait();
      // What runc's container writes before runc has taken its terminal has two returns in each line.
      return name ? terminal.shown.replaceAll("\r\r\n", "\r\n") : terminal.shown;
    });
    assertEquals(shown[0], shown[1], redirect);
  }
});

testNeeding([root, program("runc")], "without any terminal there is no container, as in runc", () => {
  using bundle = terminalBundle("true");
  const [ours, theirs] = [undefined, "runc"].map((name) => {
    using runtime = name === undefined ? new Runtime() : new Runtime(name);
    const [path, ...args] = commandOf(runtime, bundle, runtime.newId());
    const { code, stderr } = run("setsid", ["--wait", path, ...args]);
    return [code, /open \/dev\/tty: no such device or address/.exec(stderr)?.[0]];
  });
  assertEquals(ours, theirs);
  assertEquals(ours![0], 1);
});

testNeeding(NEEDS, "orphans are reaped while the terminal is shown", () => {
  using bundle = makeBundle(({ process, linux }) => {
    linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
    Object.assign(process, {
      terminal: true,
      args: ["sh", "-c", "(sleep 0.1 &); (true &); echo ready; read x"],
    });
  });
  using runtime = new Runtime();
  using terminal = runOn(runtime, bundle);
  terminal.expect("ready");
  const isZombie = (pid: number) => / Z /.test(statOf(pid));
  waitUntil("no zombie and no sleep is left", () => {
    const children = descendants(terminal.pid);
    // The program, and who guards the terminal.
    return children.length === 2 && !children.some(isZombie);
  });
  terminal.type("x\n");
  assertEquals(terminal.wait(), 0);
  assertMatch(terminal.shown, /ready/);
});

/** The pids of a process's children. */
function descendants(pid: number): number[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

function statOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return "";
  }
}

/** Has a process run into an invalid instruction: where it goes on after poll(2), which a new size interrupts. */
function crash(terminal: TerminalDriver, pid: number): void {
  let words: string[] = [];
  waitUntil("it polls", () => {
    words = Deno.readTextFileSync(`/proc/${pid}/syscall`).trim().split(" ");
    return words[0] === String(SYSCALLS.poll);
  });
  using memory = Deno.openSync(`/proc/${pid}/mem`, { write: true });
  memory.seekSync(Number(words.at(-1)), Deno.SeekMode.Start);
  memory.writeSync(Uint8Array.of(0x0f, 0x0b)); // ud2
  terminal.resize(7, 70);
}

function isAlive(pid: number): boolean {
  return !/^$| [ZX] /.test(statOf(pid));
}
