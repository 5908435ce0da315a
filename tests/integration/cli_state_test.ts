/**
 * The life of one container under the built executable and under runc, step by step: what each command prints, the
 * errors of commands that come at the wrong time, and the exit codes must agree. Needs root.
 */
import { assert, assertEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, waitUntil } from "../support/runtime.ts";
import { inDirectory, parseLogLine } from "../support/side_by_side.ts";

const ID = `runt-cli-state-${Deno.pid}`;

/** A bundle whose program sleeps, and ends on SIGTERM. */
function makeSleepingBundle(): Bundle {
  return makeBundle((config) => {
    config.process.args = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
    config.annotations = { "org.example.b": "<2>", "org.example.a": "1" };
  });
}

/** What must differ between two runs, made equal. */
function normalise(text: string): string {
  return text
    .replace(/"pid": ?[1-9]\d*/g, '"pid": PID')
    // Each says the version that it was written against.
    .replace(/"ociVersion": ?"[^"]*"/g, '"ociVersion": VERSION')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z/g, "TIME")
    .replace(new RegExp(`^(${ID} +)[1-9]\\d* `, "gm"), "$1PID ")
    // The columns are as wide as what stands in them; a unit test has their widths.
    .replace(/^(?:ID|runt-cli-state-\d+) .*$/gm, (line) => line.replace(/ +/g, " "));
}

/** A created container is deleted on the way out, whatever happened. */
function live(runtime: string, directory: string, bundle: string): string[] {
  const stateRoot = `${directory}/${runtime.split("/").at(-1)}`;
  const transcript: string[] = [];
  const invoke = (...args: string[]) => {
    // Not captured: the container keeps these streams, and reading to their end would wait for it.
    if (args[0] === "create") {
      const stdio = { stdin: "null", stdout: "null", stderr: "null" } as const;
      return new Deno.Command(runtime, { args: ["--root", stateRoot, ...args], cwd: directory, ...stdio })
        .outputSync().code;
    }
    const { code, stdout, stderr } = run(runtime, ["--root", stateRoot, ...args], { cwd: directory });
    const said = stderr === "" ? "" : parseLogLine(stderr.trimEnd()).message.replace(/ \([^()]*\)$/, "");
    transcript.push(`${args.join(" ")} -> ${code} ${said}\n${normalise(stdout)}`);
    return code;
  };
  const waitFor = (status: string) =>
    waitUntil(`${runtime}: container is ${status}`, () => {
      const { stdout } = run(runtime, ["--root", stateRoot, "state", ID], { cwd: directory });
      return stdout !== "" && JSON.parse(stdout).status === status;
    });
  try {
    assertEquals(invoke("create", "--bundle", bundle, ID), 0, `${runtime} create`);
    for (const args of [["state", ID], ["list"], ["list", "-f", "json"], ["list", "-q"]]) invoke(...args);
    invoke("run", "--bundle", bundle, ID);
    invoke("start", ID);
    waitFor("running");
    for (const command of ["state", "start", "delete"]) invoke(command, ID);
    invoke("kill", ID, "blah");
    invoke("kill", ID, "0");
    invoke("kill", ID);
    waitFor("stopped");
    for (const command of ["state", "start", "kill"]) invoke(command, ID);
    invoke("list", "-f", "json");
    invoke("kill", "--all", ID);
    for (const command of ["delete", "state", "delete"]) invoke(command, ID);
    invoke("delete", "--force", ID);
    invoke("list");
  } finally {
    run(runtime, ["--root", stateRoot, "delete", "--force", ID], { cwd: directory });
  }
  return transcript;
}

testNeeding(
  [root, program("runc")],
  "a container's life reads as under runc: states, lists, refusals",
  inDirectory((directory) => {
    using bundle = makeSleepingBundle();
    const theirs = live("runc", directory, bundle.directory);
    const ours = live(RUNT, directory, bundle.directory);
    assert(theirs.length > 15);
    ours.forEach((step, i) => assertEquals(step, theirs[i]));
  }),
);
