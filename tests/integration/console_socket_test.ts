import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TIOCGWINSZ } from "../../ffi/constants/ioctl.ts";
import { Out } from "../../ffi/kernel.ts";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { Runtime, waitUntil } from "../support/runtime.ts";
import { lastLine, parseLogLine } from "../support/side_by_side.ts";

const NEEDS = [root, program("runc")];

function terminalBundle(change: (config: Config) => void = () => {}): Bundle {
  return makeBundle((config) => {
    config.process.terminal = true;
    config.process.args = ["sh", "-c", "stty size; tty; read word; echo got $word; read more"];
    change(config);
  });
}

/** A caller of a runtime who gets a terminal, types a word, and notes what is seen. */
function talk(name: string | undefined, bundle: Bundle, detached: "create" | "run"): unknown[] {
  using runtime = name === undefined ? new Runtime() : new Runtime(name);
  const id = runtime.newId(), path = `${runtime.root}/console`;
  using receiver = new DescriptorReceiver(path);
  const { kernel } = receiver;
  const flags = ["-b", bundle.directory, "--console-socket", path, id];
  const outcome = detached === "create"
    ? runtime.create(bundle.directory, id, ["--console-socket", path])
    : runtime.call(["run", "-d", ...flags]);
  const { words, fds } = receiver.receive();
  assertEquals(fds.length, 1);
  const master = fds[0]!, size = new Out(8);
  kernel.ioctl(master, TIOCGWINSZ, size);
  if (detached === "create") runtime.must(["start", id]);
  let shown = "";
  const expect = (what: string) =>
    waitUntil(what, () => {
      const out = new Out(4096);
      const got = kernel.read(master, out, { accept: "any" }).value;
      shown += new TextDecoder().decode(out.bytes.subarray(0, Math.max(0, got)));
      return shown.includes(what);
    });
  expect("/dev/pts/0\r\n");
  kernel.write(master, "word\n");
  expect("got word\r\n");
  kernel.close(master);
  // Nobody shows it any more: the session is hung up.
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  return [outcome, words.replace(/^\/dev\/(pts\/)?ptmx$/, "ptmx"), [...size.bytes], shown];
}

for (const detached of ["create", "run"] as const) {
  testNeeding(NEEDS, `${detached} sends the terminal over the console socket, as runc does`, () => {
    for (const consoleSize of [undefined, { height: 11, width: 77 }, { height: 11, width: 0 }]) {
      using bundle = terminalBundle(({ process }) => process.consoleSize = consoleSize);
      const ours = talk(undefined, bundle, detached);
      assertEquals(ours, talk("runc", bundle, detached));
      assertEquals(ours[2], consoleSize?.width ? [11, 0, 77, 0, 0, 0, 0, 0] : [0, 0, 0, 0, 0, 0, 0, 0]);
    }
  });
}

testNeeding(
  NEEDS,
  "a terminal that nobody would get, and a socket without a terminal, are refused as by runc",
  () => {
    using terminal = terminalBundle(), plain = makeBundle();
    const cases: [Bundle, string[]][] = [
      [terminal, ["create"]],
      [terminal, ["run", "-d"]],
      [plain, ["create", "--console-socket", "sock"]],
      [plain, ["run", "-d", "--console-socket", "sock"]],
      [plain, ["run", "--console-socket", "sock"]],
      [terminal, ["run", "--console-socket", "sock"]],
      [terminal, ["create", "--console-socket", "/nowhere/sock"]],
      [terminal, ["run", "-d", "--console-socket", "/nowhere/sock"]],
      [terminal, ["create", "--console-socket", `/tmp/${"x".repeat(120)}`]],
      [terminal, ["create", "--console-socket", `@${"x".repeat(120)}`]],
    ];
    for (const [bundle, args] of cases) {
      const [ours, theirs] = [undefined, "runc"].map((name) => {
        using runtime = name === undefined ? new Runtime() : new Runtime(name);
        const id = runtime.newId();
        const { code, stderr } = runtime.call([...args, "-b", bundle.directory, id]);
        assertEquals(leftovers(id, runtime.root, bundle.directory), []);
        return { code, ...parseLogLine(lastLine(stderr)) };
      });
      assertEquals(
        { ...ours!, message: ours!.message.replace("process.terminal: ", "").replace(/ \([^()]*\)$/, "") },
        theirs!,
        args.join(" "),
      );
    }
  },
);

testNeeding([root], "a console socket that hangs up at once leaves no container", () => {
  using bundle = terminalBundle();
  using runtime = new Runtime();
  const id = runtime.newId(), path = `${runtime.root}/console`;
  new DescriptorReceiver(path)[Symbol.dispose]();
  const { code, stderr } = runtime.create(bundle.directory, id, ["--console-socket", path]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `dial unix ${path}: connect: connection refused`);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding([root], "the socket's path may be longer than an address", () => {
  using bundle = terminalBundle();
  using runtime = new Runtime();
  const directory = `${runtime.root}/.${"long".repeat(30)}`, path = `${directory}/console`;
  Deno.mkdirSync(directory);
  using receiver = new DescriptorReceiver(path);
  runtime.must(["run", "-d", "-b", bundle.directory, "--console-socket", path, runtime.newId()]);
  const { fds } = receiver.receive();
  assert(fds.length === 1);
  receiver.kernel.close(fds[0]!);
});

testNeeding([root], "without a devpts there is no terminal, and it is told why", () => {
  for (
    const [change, message] of [
      [
        ({ destination }: Config) => destination !== "/dev/pts",
        "open /dev/pts/ptmx: no such file or directory",
      ],
      [(mount: Config) => {
        if (mount.destination === "/dev/pts") {
          Object.assign(mount, { type: "tmpfs", source: "tmpfs", options: ["nosuid"] });
        }
        return true;
      }, "ptmx handle is not on a real devpts mount: super magic is 0x1021994"],
    ] as const
  ) {
    using bundle = terminalBundle((config) => config.mounts = config.mounts.filter(change));
    using runtime = new Runtime();
    const id = runtime.newId(), path = `${runtime.root}/console`;
    using _receiver = new DescriptorReceiver(path);
    const { code, stderr } = runtime.create(bundle.directory, id, ["--console-socket", path]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "process.terminal needs a mount of type devpts at /dev/pts");
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  }
});

testNeeding(NEEDS, "a relative path of a socket is one from the bundle, as in runc", () => {
  for (const name of [undefined, "runc"]) {
    using bundle = terminalBundle();
    using runtime = name === undefined ? new Runtime() : new Runtime(name);
    const id = runtime.newId(), flags = ["--console-socket", "sock"], cwd = runtime.root;
    const missing = runtime.call(["run", "-d", "-b", bundle.directory, ...flags, id], { cwd });
    assertStringIncludes(missing.stderr, "dial unix sock: connect: no such file or directory");
    using receiver = new DescriptorReceiver(`${bundle.directory}/sock`);
    runtime.must(["run", "-d", "-b", bundle.directory, ...flags, id], { cwd });
    assertEquals(receiver.receive().fds.length, 1);
    if (name !== undefined) continue;
    const exec = ["exec", "--tty", "--detach", ...flags, id, "true"];
    runtime.must(exec, { cwd });
    assertEquals(receiver.receive().fds.length, 1);
  }
});
