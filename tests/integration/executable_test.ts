/**
 * The executable: what docs/architecture.md claims of it, on `dist/runt` (or `RUNT`) and on a probe that is packed in
 * the same way and says what it sees.
 */
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";
import type { Sight } from "./probe/main.ts";

const ROOT = new URL("../..", import.meta.url).pathname.slice(0, -1);
const x86_64 = () => Deno.build.arch === "x86_64" ? undefined : "needs x86-64";

/** What would change how Deno starts, or stop it. */
const HOSTILE = {
  DENO_DIR: "/tmp/runt-test-deno-dir",
  DENO_V8_FLAGS: "--help",
  DENO_CERT: "/nonexistent",
  DENO_COVERAGE_DIR: "/tmp/runt-test-coverage",
  DENO_LOG: "trace",
  DENO_NO_UPDATE_CHECK: "no",
  DENO_SERVE_ADDRESS: "bad",
  DENO_TLS_CA_STORE: "bad",
  HOME: "/nonexistent",
  NODE_CHANNEL_FD: "0",
  NODE_OPTIONS: "--bad",
  NODE_V8_COVERAGE: "/tmp/runt-test-coverage",
  NPM_CONFIG_REGISTRY: "bad",
  OTEL_DENO: "true",
  OTEL_EXPORTER_OTLP_ENDPOINT: "bad",
  RUNT_TRAIN_IN: "/nonexistent",
  RUNT_TRAIN_OUT: "/tmp/runt-test-cache",
  RUST_LOG: "trace",
  _RUNT: "0",
};

/** Below this file Deno looks for its caches, in vain. */
const NO_DIRECTORY = "/lib64/ld-linux-x86-64.so.2/";

let directory = "", probe = "";

/** Builds the probe when first asked. */
function ensureProbe(): string {
  if (probe !== "") return probe;
  directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  return probe = buildProbe(`${directory}/probe`);
}

function buildProbe(output: string, ...flags: readonly string[]): string {
  const main = "tests/integration/probe/main.ts";
  const args = ["run", "-A", `${ROOT}/tools/build.ts`, "--main", main, "--output", output, ...flags];
  const { code, stderr } = run(Deno.execPath(), args);
  if (code !== 0) throw new Error(`Cannot build the probe: ${stderr}`);
  return output;
}

/** Runs the probe by a shell script, in which `$P` is the probe. */
function look(script: string, options: Deno.CommandOptions = {}): Sight {
  const { code, stdout, stderr } = run("sh", ["-c", script.replaceAll("$P", ensureProbe())], options);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, script);
  return JSON.parse(stdout);
}

testNeeding([x86_64], "every argument arrives as it was given", () => {
  const all = [
    "",
    "--help",
    "--version",
    "-A",
    "--",
    "--v8-flags=--help",
    "-",
    "a b",
    "\u00e9\n",
    "--",
    "run",
  ];
  for (const args of [[], ...all.map((arg) => [arg]), all]) {
    const { code, stdout, stderr } = run(ensureProbe(), args);
    assertEquals({ code, stderr }, { code: 0, stderr: "" }, args.join(" "));
    assertEquals((JSON.parse(stdout) as Sight).args, args);
  }
});

testNeeding([x86_64], "the environment is the caller's own, whatever is in it", () => {
  for (const env of [{}, { A: "1", EMPTY: "" }, HOSTILE]) {
    const { code, stdout, stderr } = run(ensureProbe(), [], { clearEnv: true, env });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertEquals((JSON.parse(stdout) as Sight).env, env);
  }
  for (const path of ["/tmp/runt-test-deno-dir", "/tmp/runt-test-coverage", "/tmp/runt-test-cache"]) {
    assertFalse(exists(path), path);
  }
});

testNeeding([x86_64], "a child process gets the caller's environment", () => {
  const env = { PATH: "/usr/bin:/bin", HOME: "/somewhere", DENO_DIR: "/x" };
  const { stdout } = run(ensureProbe(), ["child"], { clearEnv: true, env });
  const lines = stdout.trim().split("\n").filter((line) => !line.startsWith("_="));
  assertEquals(lines.sort(), ["DENO_DIR=/x", "HOME=/somewhere", "PATH=/usr/bin:/bin"]);
});

testNeeding([x86_64], "on a terminal, too, nothing is shown but what runt prints", () => {
  for (
    const args of [["--version"], ["list", "--quiet"], ["no-such-command"], ["state", "no-such-container"]]
  ) {
    using terminal = new TerminalDriver([RUNT, "--root", "/nonexistent", ...args]);
    const code = terminal.wait(),
      { stdout, stderr, ...plain } = run(RUNT, ["--root", "/nonexistent", ...args]);
    assertEquals(code, plain.code);
    // logrus writes colours and seconds to a terminal, and a time to anything else.
    const message = (text: string) => text.replace(/time="[^"]*" level=error msg=("?)(.*)\1/, "$2");
    const shown = terminal.shown.replaceAll("\r\n", "\n").replace("\x1b[31mERRO\x1b[0m[0000] ", "")
      .replace(/ +$/m, "");
    assertEquals(shown, message(stdout + stderr), args.join(" "));
  }
});

testNeeding([x86_64], "the caller's time zone holds", () => {
  const hour = (TZ: string) => (JSON.parse(run(ensureProbe(), [], { env: { TZ } }).stdout) as Sight).hour;
  assertEquals([hour("UTC"), hour("UTC-5")], [12, 17]);
});

testNeeding([x86_64, program("strace")], "configuration beside the caller is not even opened", () => {
  const place = Deno.makeTempDirSync({ prefix: "runt-test-" });
  const names = ["deno.json", "deno.jsonc", "package.json", ".npmrc", ".env", "deno.lock", "jsr.json"];
  for (const name of names) Deno.writeTextFileSync(`${place}/${name}`, "{bad");
  Deno.mkdirSync(`${place}/node_modules`);
  const trace = `${place}/trace`, env = { HOME: place };
  const command = ["-f", "-o", trace, "-e", "trace=%file", RUNT, "--version"];
  const { code, stdout } = run("strace", command, { cwd: place, env });
  const calls = Deno.readTextFileSync(trace).split("\n");
  Deno.removeSync(place, { recursive: true });
  assertEquals(code, 0);
  assertStringIncludes(stdout, "runt version");
  const touched = calls.filter((call) =>
    /[/"](deno|package|jsr)\.(json|lock)|npmrc|\.env"|node_modules/.test(call)
  );
  assertEquals(touched.filter((call) => !call.includes('"/proc/.npmrc"')), []);
});

testNeeding([x86_64, program("strace")], "nothing is written to any file, and none is made", () => {
  for (const [file, args] of [[RUNT, ["--version"]], [RUNT, ["features"]], [ensureProbe(), []]] as const) {
    assertEquals(traceWrites(file, args), [], `${file} ${args.join(" ")}`);
  }
  const target = `${directory}/target`;
  assertEquals(traceWrites(ensureProbe(), ["write", target]).length > 0, true, "the test sees a write");
});

/** Calls that made or changed a file, of a whole process tree. */
function traceWrites(file: string, args: readonly string[]): string[] {
  const trace = Deno.makeTempFileSync({ prefix: "runt-test-" });
  const { code } = run("strace", [
    "-f",
    "-o",
    trace,
    "-e",
    "trace=%file,ftruncate,fallocate,pwrite64",
    file,
    ...args,
  ]);
  const calls = Deno.readTextFileSync(trace).split("\n");
  Deno.removeSync(trace);
  assertEquals(code, 0);
  const changes =
    /^\d+ +(mkdir|mknod|rename|unlink|rmdir|link|symlink|truncate|ch(mod|own)|utime|setxattr|mount|f?allocate|pwrite)|O_(WRONLY|RDWR|CREAT|TRUNC)/;
  return calls.filter((call) =>
    changes.test(call) && !/= -1 E/.test(call) && !call.includes('"/dev/null"') &&
    !call.includes(NO_DIRECTORY)
  );
}

testNeeding(
  [x86_64, root, program("unshare")],
  "it runs with every file system read-only and no HOME",
  () => {
    const script =
      `for m in $(awk '{print $2}' /proc/mounts); do mount -o remount,bind,ro "$m" 2>/dev/null; done
    touch "$2/made" 2>/dev/null && exit 9
    unset HOME; exec "$1" --version`;
    const place = Deno.makeTempDirSync({ prefix: "runt-test-" });
    const { code, stdout, stderr } = run("unshare", ["-m", "sh", "-c", script, "sh", RUNT, place]);
    Deno.removeSync(place);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(stdout, "runt version");
  },
);

testNeeding(
  [x86_64, root, program("ldd"), program("chroot")],
  "it runs alone: nothing there but libc, not even /proc",
  () => {
    const place = Deno.makeTempDirSync({ prefix: "runt-test-" });
    const needed = run("ldd", [RUNT]).stdout.match(/\/\S+/g)!;
    for (const library of new Set(needed)) {
      Deno.mkdirSync(`${place}${library.slice(0, library.lastIndexOf("/"))}`, { recursive: true });
      Deno.copyFileSync(library, `${place}${library}`);
    }
    Deno.copyFileSync(RUNT, `${place}/other-name`);
    const { code, stdout, stderr } = run("chroot", [place, "/other-name", "--version"], {
      clearEnv: true,
      env: {},
    });
    const left = [...Deno.readDirSync(place)].map(({ name }) => name).filter((name) =>
      !name.startsWith("lib")
    );
    Deno.removeSync(place, { recursive: true });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(stdout, "runt version");
    assertEquals(left, ["other-name"]);
  },
);

testNeeding([x86_64], "no name makes another program of it", () => {
  const place = Deno.makeTempDirSync({ prefix: "runt-test-" });
  for (const name of ["dx", "runt-dx", "deno", "denort", "node", "npx", "-x", "r\u00fcnt"]) {
    Deno.symlinkSync(RUNT, `${place}/${name}`);
    assertStringIncludes(run(`${place}/${name}`, ["--version"]).stdout, "runt version", name);
  }
  for (const name of ["", "dx", "--version"]) {
    const { stdout } = run("bash", ["-c", 'exec -a "$1" "$2" --version', "bash", name, RUNT]);
    assertStringIncludes(stdout, "runt version", `argv[0] "${name}"`);
  }
  Deno.removeSync(place, { recursive: true });
});

testNeeding([x86_64], "closed standard descriptors become /dev/null, and are known", () => {
  const cases = [["<&-", [0]], ["2>&-", [2]], ["<&- 2>&-", [0, 2]]] as const;
  for (const [closing, closed] of cases) {
    const { start, streams } = look(`$P ${closing} | cat`);
    assertEquals(start?.closedStandard, closed);
    for (const descriptor of closed) assertEquals(streams[descriptor], "/dev/null");
  }
  assertEquals(run("sh", ["-c", `"$1" --version >&-`, "sh", RUNT]).code, 0);
  assertEquals(run("sh", ["-c", `"$1" --version <&- >&- 2>&-`, "sh", RUNT]).code, 0);
  assertEquals(look("$P </dev/null").start?.closedStandard, []);
});

testNeeding([x86_64], "the caller's limits, signals, descriptors and umask are known and kept", () => {
  const { start, umask } = look(`trap '' HUP USR1; ulimit -Sn 321; ulimit -Hn 654; umask 027
    exec $P 5</dev/null 9</dev/null`);
  const facts = start as unknown as Record<string, string> & { nofile: unknown };
  assertEquals(facts.nofile, { soft: "321n", hard: "654n" });
  const ignored = BigInt(facts.ignoredSignals!.slice(0, -1)),
    open = BigInt(facts.openDescriptors!.slice(0, -1));
  assertEquals([1, 2, 10, 13].map((signal) => (ignored >> BigInt(signal - 1)) & 1n), [1n, 0n, 1n, 0n]);
  assertEquals([3, 4, 5, 8, 9].map((n) => (open >> BigInt(n)) & 1n), [0n, 0n, 1n, 0n, 1n]);
  assertEquals(facts.blockedSignals, "0n");
  assertEquals(umask, 0o027);
});

testNeeding([x86_64], "a working directory that no longer exists is no directory", () => {
  const cwd = Deno.makeTempDirSync({ prefix: "runt-test-" });
  const sight = look('rmdir "$(pwd)" && exec $P', { cwd });
  assertEquals([sight.directory, sight.start?.directoryLost], ["NotFound", true]);
  const script = 'cd "$1" && rmdir "$1" && exec "$2" write made-here';
  const { code } = run("sh", ["-c", script, "sh", Deno.makeTempDirSync(), ensureProbe()]);
  assert(code !== 0, "a relative path leads to no file");
  assertEquals(look("cd / && exec $P").directory, "/");
});

testNeeding([x86_64], "it runs from a sealed memfd", () => {
  const F_ADD_SEALS = 1033, ALL_SEALS = 15, MFD_ALLOW_SEALING = 2;
  const libc = Deno.dlopen("libc.so.6", {
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const { memfd_create, fcntl, close } = libc.symbols;
  const descriptor = memfd_create(new TextEncoder().encode("runt\0"), MFD_ALLOW_SEALING);
  const path = `/proc/${Deno.pid}/fd/${descriptor}`;
  Deno.writeFileSync(path, Deno.readFileSync(ensureProbe()));
  assertEquals(fcntl(descriptor, F_ADD_SEALS, ALL_SEALS), 0);
  const { code, stdout } = run(path, ["slice"]);
  close(descriptor);
  libc.close();
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout).shared, true);
});

testNeeding([x86_64, root, program("unshare")], "it runs from a read-only overlay, by descriptor", () => {
  const place = Deno.makeTempDirSync({ prefix: "runt-test-" });
  Deno.mkdirSync(`${place}/lower`);
  Deno.mkdirSync(`${place}/empty`);
  Deno.mkdirSync(`${place}/merged`);
  Deno.copyFileSync(RUNT, `${place}/lower/runt`);
  const script = `mount -t tmpfs none "$1/merged" || exit 9
    mount -t overlay -o "ro,lowerdir=$1/lower:$1/empty" overlay "$1/merged" || exit 9
    exec 7<"$1/merged/runt"; umount -l "$1/merged"; exec /proc/self/fd/7 --version`;
  const { code, stdout, stderr } = run("unshare", ["-m", "sh", "-c", script, "sh", place]);
  Deno.removeSync(place, { recursive: true });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertStringIncludes(stdout, "runt version");
});

testNeeding([x86_64], "LD_PRELOAD is the caller's business", () => {
  const env = { LD_PRELOAD: "libm.so.6" };
  assertEquals((JSON.parse(run(ensureProbe(), [], { env }).stdout) as Sight).env["LD_PRELOAD"], "libm.so.6");
});

testNeeding([x86_64], "slices share classes, import what they need, and have names in stack traces", () => {
  const { shared, message, stack } = JSON.parse(run(ensureProbe(), ["slice"]).stdout);
  assertEquals([shared, message], [true, "ProbeFault: b 1 1"]);
  assertMatch(stack, /at .*raise \(runt:\/\/\/tests\/integration\/probe\/slice\.js\S* ?\S*:\d+:\d+\)/);
});

testNeeding(
  [x86_64],
  "without prelinking it is the same program, at an address that the kernel draws",
  () => {
    ensureProbe();
    const plain = buildProbe(`${directory}/plain`, "--no-prelink"),
      elfType = (path: string) => {
        using file = Deno.openSync(path);
        const header = new Uint8Array(18);
        assertEquals(file.readSync(header), header.length);
        return header[16];
      };
    assertEquals([elfType(probe), elfType(plain)], [2, 3]); // ET_EXEC, ET_DYN
    const { code, stdout, stderr } = run(plain, ["slice"]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertEquals(JSON.parse(stdout).shared, true);
  },
);

testNeeding([x86_64], "exit codes, uncaught errors and signals are as usual", () => {
  assertEquals(run(ensureProbe(), ["exit", "37"]).code, 37);
  const { code, stderr } = run(ensureProbe(), ["throw"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "ProbeFault: uncaught");
  assertFalse(stderr.includes("\x1b"), "no colours");
  assertEquals(run(ensureProbe(), ["raise"]).code, 128 + 15);
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
