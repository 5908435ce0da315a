/** What commands of the built executable print and write, beside runc. Needs no privileges. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, RUNT } from "../support/runtime.ts";
import { inDirectory, lastLine, parseLogLine, runBoth } from "../support/side_by_side.ts";

Deno.test(
  "--version names runt, the commit, the specification and Deno, a line each",
  inDirectory((directory) => {
    for (const args of [["--version"], ["-v"], ["--debug", "--version", "list"]]) {
      const { code, stdout, stderr } = run(RUNT, args, { cwd: directory });
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, /^runt version \d+\.\d+\.\d+\ncommit: \S+\nspec: 1\.3\.0\ndeno: \d+\.\d+\.\d+\n$/);
    }
  }),
);

Deno.test(
  "called runc, it speaks of itself as runc",
  inDirectory((directory) => {
    Deno.symlinkSync(RUNT, `${directory}/runc`);
    const say = (...args: string[]) => run("./runc", ["--root", "root", ...args], { cwd: directory });
    assertMatch(say("--version").stdout, /^runc version \d+\.\d+\.\d+\n/);
    assertMatch(say("--help").stdout, /^NAME:\n +runc - Open Container Initiative runtime\n/);
    assertMatch(say("run", "--help").stdout, /^NAME:\n +runc run - .*\nUSAGE:\n +runc run /s);
    assertMatch(say("run", "x").stderr, /msg="runc run failed: /);
  }),
);

Deno.test(
  "list of no containers prints what runc prints",
  inDirectory((directory) => {
    for (const args of [[], ["-f", "table"], ["--format", "json"], ["-q"], ["-q", "-f", "json"]]) {
      const { runt, runc } = runBoth(directory, ["list", ...args]);
      assertEquals(runt, runc, args.join(" "));
    }
  }),
);

Deno.test(
  "spec writes config.json with runc's keys and mode, and never over another",
  inDirectory((directory) => {
    const read = (name: string) => JSON.parse(Deno.readTextFileSync(`${directory}/${name}/config.json`));
    for (const flags of [[], ["--rootless"]]) {
      for (const name of ["runt", "runc"]) {
        Deno.mkdirSync(`${directory}/${name}`);
        const program = name === "runt" ? RUNT : name;
        assertEquals(run(program, ["spec", ...flags], { cwd: `${directory}/${name}` }).code, 0);
        const again = run(program, ["spec", ...flags, "--bundle", name], { cwd: directory });
        assertEquals(again.code, 1);
        assertEquals(
          parseLogLine(lastLine(again.stderr)).message,
          "File config.json exists. Remove it first",
        );
      }
      const [ours, theirs] = [read("runt"), read("runc")];
      assertEquals(Object.keys(ours), Object.keys(theirs));
      assertEquals(ours.process.args, theirs.process.args);
      assertEquals(
        ours.linux.namespaces.map((n: { type: string }) => n.type).includes("user"),
        flags.length > 0,
      );
      const mode = (name: string) => Deno.statSync(`${directory}/${name}/config.json`).mode;
      assertEquals(mode("runt"), mode("runc"));
      for (const name of ["runt", "runc"]) Deno.removeSync(`${directory}/${name}`, { recursive: true });
    }
  }),
);

Deno.test(
  "spec does not write through a link that leads elsewhere",
  inDirectory((directory) => {
    Deno.symlinkSync(`${directory}/elsewhere`, `${directory}/config.json`);
    assertEquals(run(RUNT, ["spec"], { cwd: directory }).code, 1);
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), ["config.json", "root"]);
  }),
);

Deno.test(
  "features prints JSON with the versions of the specification",
  inDirectory((directory) => {
    const { code, stdout, stderr } = run(RUNT, ["features"], { cwd: directory });
    assertEquals([code, stderr], [0, ""]);
    const features = JSON.parse(stdout);
    assertEquals([features.ociVersionMin, features.ociVersionMax], ["1.0.0", "1.3.0"]);
    assertEquals(stdout, `${JSON.stringify(features, undefined, 4)}\n`);
  }),
);

for (const format of ["text", "json"]) {
  Deno.test(
    `a failure is appended to the log in ${format} as runc does, and told on standard error as well`,
    inDirectory((directory) => {
      const logs: string[] = [];
      for (const [program, name] of [[RUNT, "runt"], ["runc", "runc"]] as const) {
        Deno.writeTextFileSync(`${directory}/${name}.log`, "before\n");
        const front = ["--root", "root", "--log", `${name}.log`, "--log-format", format];
        const { code, stderr } = run(program, [...front, "state", "nosuch"], { cwd: directory });
        assertEquals([code, stderr], [1, "container does not exist\n"]);
        logs.push(Deno.readTextFileSync(`${directory}/${name}.log`));
      }
      const [ours, theirs] = logs.map((log) => log.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, "TIME"));
      assertEquals(ours, theirs);
    }),
  );
}

Deno.test(
  "the log file is made by a command that has nothing to say",
  inDirectory((directory) => {
    for (const program of [RUNT, "runc"]) {
      const args = ["--root", "root", "--log", "log", "list", "-q"];
      assertEquals(run(program, args, { cwd: directory }), { code: 0, stdout: "", stderr: "" });
      assertEquals(Deno.readTextFileSync(`${directory}/log`), "");
      assertEquals(Deno.statSync(`${directory}/log`).mode! & 0o777, 0o644 & ~Deno.umask());
      Deno.removeSync(`${directory}/log`);
    }
  }),
);

Deno.test(
  "a log file that cannot be opened is an error, with the path and the reason",
  inDirectory((directory) => {
    const { runt, runc } = runBoth(directory, ["--log", "/nonexistent/log", "list"]);
    assertEquals([runt.code, runc.code], [1, 1]);
    const reason = "open /nonexistent/log: no such file or directory";
    assertStringIncludes(runc.stderr, reason);
    assertStringIncludes(runt.stderr, reason);
  }),
);

Deno.test(
  "a stack is logged with --debug only, and the root cause stays on the last line",
  inDirectory((directory) => {
    const quiet = run(RUNT, ["--root", "root", "state", "nosuch"], { cwd: directory });
    assertEquals(quiet.stderr.trimEnd().split("\n").length, 1);
    const loud = run(RUNT, ["--debug", "--root", "root", "state", "nosuch"], { cwd: directory });
    assertStringIncludes(loud.stderr, "level=debug");
    assertEquals(parseLogLine(lastLine(loud.stderr)), {
      level: "error",
      message: "container does not exist",
    });
  }),
);

Deno.test(
  "completion prints the scripts of the repository",
  inDirectory((directory) => {
    for (const [shell, file] of [["bash", "runt.bash"], ["zsh", "_runt"], ["fish", "runt.fish"]] as const) {
      const { code, stdout } = run(RUNT, ["completion", shell], { cwd: directory });
      const expected = Deno.readTextFileSync(new URL(`../../completions/${file}`, import.meta.url));
      assertEquals([code, stdout], [0, expected]);
    }
    assertEquals(run(RUNT, ["completion", "tcsh"], { cwd: directory }).code, 1);
  }),
);

Deno.test(
  "a reader that has gone is no failure",
  inDirectory((directory) => {
    const script = '{ sleep 0.2; "$0" help; echo $? >code; } | true';
    assertEquals(run("sh", ["-c", script, RUNT], { cwd: directory }).stderr, "");
    assertEquals(Deno.readTextFileSync(`${directory}/code`), "0\n");
  }),
);

Deno.test(
  "an output that cannot be written is a failure",
  inDirectory((directory) => {
    const { code, stderr } = run("sh", ["-c", '"$0" --version >/dev/full', RUNT], { cwd: directory });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "no space left on device");
  }),
);
