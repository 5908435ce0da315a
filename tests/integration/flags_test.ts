/**
 * What the flags of `create`, `run`, `delete`, `list` and `spec` do, under the built executable and under runc. Needs
 * root.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { type Outcome, run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const NEEDS = [root, program("runc")];

/** Does the same with both runtimes; what comes of it must agree. */
function assertSame<T>(name: string, act: (runtime: Runtime) => T): void {
  testNeeding(NEEDS, name, () => {
    const [theirs, ours] = ["runc", RUNT].map((name) => {
      using runtime = new Runtime(name);
      return act(runtime);
    });
    assertEquals(ours, theirs);
  });
}

function shell(script: string, change: (config: Config) => void = () => {}): Bundle {
  return makeBundle((config) => {
    config.process.args = ["sh", "-c", script];
    change(config);
  });
}

/** Exit code and standard output; standard error is for people. */
function essence({ code, stdout }: Outcome): [number, string] {
  return [code, stdout];
}

/** The mounts that a container sees, without what is different each time. */
const MOUNTS =
  "awk '{ print $5, $6, $(NF-2) }' /proc/self/mountinfo; ls -a /; pwd; ls -id / /.. | awk '{ print $1 }' | uniq | wc -l";

assertSame("--no-pivot enters the root by another way, to the same effect", (runtime) => {
  using bundle = shell(MOUNTS);
  const usual = runtime.run(bundle.directory),
    other = runtime.call(["run", "--no-pivot", "-b", bundle.directory, runtime.newId()]);
  assertEquals(other.stderr, "");
  assert(usual.stdout.includes("/proc"), usual.stderr);
  return [essence(usual), essence(other)];
});

for (const flags of [[], ["--no-new-keyring"]]) {
  assertSame(`the session keyring ${flags.length ? "with" : "without"} --no-new-keyring`, (runtime) => {
    using bundle = shell("grep -c keyring.*_ses.NAME /proc/keys", ({ linux }) => linux.maskedPaths = []);
    const id = runtime.newId();
    bundle.update(({ process, linux }) => {
      linux.maskedPaths = [];
      process.args = ["sh", "-c", `grep -c 'keyring .*_ses.${id}' /proc/keys`];
    });
    const { code, stdout } = runtime.call(["run", ...flags, "-b", bundle.directory, id]);
    assertEquals([code, stdout], flags.length ? [1, "0\n"] : [0, "1\n"]);
    return stdout;
  });
}

for (const flags of [[], ["--no-subreaper"]]) {
  assertSame(`who adopts orphans ${flags.length ? "with" : "without"} --no-subreaper`, (runtime) => {
    // In the host's pid namespace a container's orphans go to the next subreaper above.
    const script = "(sleep 2 & echo $! >/tmp/orphan); usleep 100000; read orphan </tmp/orphan; " +
      "set -- $(cat /proc/$orphan/stat); [ $4 = $PPID ] && echo the runtime || echo another";
    using bundle = shell(script, ({ linux, mounts }) => {
      linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "pid");
      mounts.push({ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: [] });
    });
    const outcome = runtime.call(["run", ...flags, "-b", bundle.directory, runtime.newId()]);
    assertEquals(outcome.stdout, flags.length ? "another\n" : "the runtime\n", outcome.stderr);
    return essence(outcome);
  });
}

assertSame(
  "--pid-file of create and run --detach holds the pid, and nothing else is beside it",
  (runtime) => {
    using bundle = shell("sleep 100");
    const directory = Deno.makeTempDirSync({ prefix: "runt-test-" }), file = `${directory}/pid`;
    try {
      return [["create"], ["run", "--detach"]].map((command) => {
        const id = runtime.newId();
        Deno.writeTextFileSync(file, "an older one, which is longer");
        runtimeCall(runtime, [...command, "-b", bundle.directory, "--pid-file", file, id]);
        assertEquals(Deno.readTextFileSync(file), String(runtime.state(id).pid));
        const mode = Deno.statSync(file).mode! & 0o777;
        runtime.must(["delete", "-f", id]);
        // The file is its owner's to remove.
        return [mode, [...Deno.readDirSync(directory)].map(({ name }) => name)];
      });
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
);

/** A command whose container keeps its streams. */
function runtimeCall(runtime: Runtime, args: string[], cwd?: string): number {
  const { code } = new Deno.Command(runtime.program, {
    args: ["--root", runtime.root, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...(cwd === undefined ? {} : { cwd }),
  }).outputSync();
  return code;
}

assertSame("--pid-file that cannot be written fails, and leaves no container", (runtime) => {
  using bundle = shell("sleep 100");
  const id = runtime.newId();
  const code = runtimeCall(runtime, ["create", "-b", bundle.directory, "--pid-file", "/nonexistent/pid", id]);
  return [code, leftovers(id, runtime.root, bundle.directory), runtime.must(["list", "-q"]).stdout];
});

assertSame("--bundle: given long or short, relative, or the working directory", (runtime) => {
  using bundle = shell("sleep 100");
  const above = bundle.directory.replace(/\/[^/]*$/, ""), name = bundle.directory.slice(above.length + 1);
  const link = `${runtime.root}/.link`;
  Deno.symlinkSync(bundle.directory, link);
  const ways: [string[], string][] = [
    [["-b", link], "/"],
    [["-b", `${link}/rootfs/..`], "/"],
    [["--bundle", bundle.directory], "/"],
    [[`-b=${bundle.directory}`], "/"],
    [["-b", name], above],
    [["--bundle", `./${name}/../${name}/`], above],
    [[], bundle.directory],
    [["-b", "."], bundle.directory],
    [["-b", ""], bundle.directory],
  ];
  return ways.map(([flags, cwd]) => {
    const id = runtime.newId(), code = runtimeCall(runtime, ["create", ...flags, id], cwd);
    return [code, code === 0 && runtime.state(id).bundle.replace(bundle.directory, "BUNDLE")];
  });
});

assertSame(
  "run --detach returns when the program runs; without, its exit code is the command's",
  (runtime) => {
    using bundle = shell("exit 3");
    const codes = [runtime.run(bundle.directory).code];
    for (const end of ["kill -TERM $$", "kill -KILL $$", "exit 255", "exit 0"]) {
      // Of its own pid namespace's init no signal of its own ends it.
      bundle.update(({ process }) => process.args = ["sh", "-c", `sh -c '${end}'`]);
      codes.push(runtime.run(bundle.directory).code);
    }
    bundle.update(({ process }) => process.args = ["sleep", "100"]);
    return [
      codes,
      ...["--detach", "-d", "--detach=true"].map((flag) => {
        const id = runtime.newId();
        assertEquals(runtimeCall(runtime, ["run", flag, "-b", bundle.directory, id]), 0);
        return runtime.state(id).status;
      }),
    ];
  },
);

assertSame("run --keep leaves a stopped container; without, none is left", (runtime) => {
  using bundle = shell("exit 3");
  return [[], ["--keep"]].map((flags) => {
    const id = runtime.newId();
    const { code } = runtime.call(["run", ...flags, "-b", bundle.directory, id]);
    const state = runtime.call(["state", id]);
    const status = state.code === 0 ? JSON.parse(state.stdout).status : "none";
    assertEquals(runtime.call(["delete", id]).code, flags.length ? 0 : 1);
    return [code, status];
  });
});

assertSame("--preserve-fds passes as many descriptors as it says", (runtime) => {
  using bundle = shell("ls /proc/self/fd; cat <&3; cat <&4");
  const script = 'exec 3<<<three 4<<<four 7</dev/null; exec "$0" --root "$1" run "${@:2}"';
  return ["0", "1", "2", "0x2"].map((count) =>
    essence(
      run("bash", [
        "-c",
        script,
        runtime.program,
        runtime.root,
        "-b",
        bundle.directory,
        "--preserve-fds",
        count,
        runtime.newId(),
      ]),
    )
  );
});

assertSame("delete without --force refuses a running container, with it ends it", (runtime) => {
  using bundle = shell("sleep 100");
  return [["--force"], ["-f"], ["-f=true"]].map((force) => {
    const id = runtime.newId();
    runtimeCall(runtime, ["run", "-d", "-b", bundle.directory, id]);
    const refused = runtime.call(["delete", id]);
    assertMatch(refused.stderr, /that is not stopped: running/);
    const { code } = runtime.call(["delete", ...force, id]);
    return [refused.code, code, leftovers(id, runtime.root, bundle.directory)];
  });
});

assertSame("list has a line for each container, whatever its status, in every format", (runtime) => {
  using bundle = shell("sleep 100");
  const ids = [0, 1, 2].map((i) => `flags-${Deno.pid}-${i}`);
  for (const id of ids) runtimeCall(runtime, ["create", "-b", bundle.directory, id]);
  runtime.must(["start", ids[1]!]);
  runtime.must(["kill", ids[2]!, "KILL"]);
  waitUntil("it has stopped", () => runtime.state(ids[2]!).status === "stopped");
  const columns = (line: string) => line.split(/ {2,}/).filter((_, i) => i !== 1 && i !== 4).join("|");
  const table = (text: string) =>
    text.trimEnd().split("\n").map((line) => columns(line).replaceAll(bundle.directory, "BUNDLE"));
  return [
    table(runtime.must(["list"]).stdout),
    table(runtime.must(["list", "--format", "table"]).stdout),
    runtime.must(["list", "-q"]).stdout,
    runtime.must(["list", "--quiet", "-f", "json"]).stdout,
    JSON.parse(runtime.must(["list", "-f", "json"]).stdout).map((
      state: Config,
    ) => [Object.keys(state), state.status, state.owner]),
  ];
});

assertSame("--root: each has its own containers, and it is made when needed", (runtime) => {
  using bundle = shell("sleep 100");
  const other = `${runtime.root}/.deep/er`, id = runtime.newId();
  assertEquals(runtimeCall(runtime, ["--root", other, "create", "-b", bundle.directory, id]), 0);
  const ends = [
    runtime.call(["state", id]).code,
    runtime.call(["--root", other, "state", id]).code,
    Deno.statSync(other).mode! & 0o777,
    Deno.statSync(`${other}/${id}`).mode! & 0o777,
    runtime.must(["--root", other, "delete", id]).code,
  ];
  Deno.removeSync(`${runtime.root}/.deep`, { recursive: true });
  return ends;
});
