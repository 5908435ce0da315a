/**
 * The life of one container under the built executable and under runc, step by step: what each command prints, the
 * errors of commands that come at the wrong time, and the exit codes must agree. Needs root.
 */
import { assert, assertEquals } from "@std/assert";
import { inDirectory, parseLogLine, run, RUNT } from "../support/side_by_side.ts";

const ID = `runt-cli-state-${Deno.pid}`;

/** A bundle whose program sleeps, and ends on SIGTERM. */
function makeBundle(directory: string): string {
  const bundle = `${directory}/bundle`;
  Deno.mkdirSync(`${bundle}/rootfs/bin`, { recursive: true });
  Deno.copyFileSync("/bin/busybox", `${bundle}/rootfs/bin/sh`);
  assertEquals(run("runc", ["spec", "--bundle", bundle], { cwd: directory }).code, 0);
  const spec = JSON.parse(Deno.readTextFileSync(`${bundle}/config.json`));
  spec.process.terminal = false;
  spec.process.args = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
  spec.annotations = { "org.example.b": "<2>", "org.example.a": "1" };
  Deno.writeTextFileSync(`${bundle}/config.json`, JSON.stringify(spec));
  return bundle;
}

/** What must differ between two runs, made equal. */
function normalise(text: string): string {
  return text
    .replace(/"pid": ?[1-9]\d*/g, '"pid": PID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z/g, "TIME")
    .replace(new RegExp(`^(${ID} +)[1-9]\\d* `, "gm"), "$1PID ")
    // The columns are as wide as what stands in them; a unit test has their widths.
    .replace(/^(?:ID|runt-cli-state-\d+) .*$/gm, (line) => line.replace(/ +/g, " "));
}

/** A created container is deleted on the way out, whatever happened. */
function live(program: string, directory: string, bundle: string): string[] {
  const root = `${directory}/${program.split("/").at(-1)}`;
  const transcript: string[] = [];
  const invoke = (...args: string[]) => {
    // Not captured: the container keeps these streams, and reading to their end would wait for it.
    if (args[0] === "create") {
      const stdio = { stdin: "null", stdout: "null", stderr: "null" } as const;
      return new Deno.Command(program, { args: ["--root", root, ...args], cwd: directory, ...stdio })
        .outputSync().code;
    }
    const { code, stdout, stderr } = run(program, ["--root", root, ...args], { cwd: directory });
    const said = stderr === "" ? "" : parseLogLine(stderr.trimEnd()).message.replace(/ \([^()]*\)$/, "");
    transcript.push(`${args.join(" ")} -> ${code} ${said}\n${normalise(stdout)}`);
    return code;
  };
  const waitFor = (status: string) => {
    for (let i = 0; i < 100; i++) {
      const { stdout } = run(program, ["--root", root, "state", ID], { cwd: directory });
      if (stdout !== "" && JSON.parse(stdout).status === status) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
    throw new Error(`${program}: container did not become ${status}`);
  };
  try {
    assertEquals(invoke("create", "--bundle", bundle, ID), 0, `${program} create`);
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
    run(program, ["--root", root, "delete", "--force", ID], { cwd: directory });
  }
  return transcript;
}

Deno.test({
  name: "a container's life reads as under runc: states, lists, refusals",
  ignore: Deno.uid() !== 0,
  fn: inDirectory((directory) => {
    const bundle = makeBundle(directory);
    const theirs = live("runc", directory, bundle);
    const ours = live(RUNT, directory, bundle);
    assert(theirs.length > 15);
    ours.forEach((step, i) => assertEquals(step, theirs[i]));
  }),
});
