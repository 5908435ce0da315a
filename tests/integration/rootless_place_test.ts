/** Where a normal user's containers are without `--root`, for commands and for the answers to them. */
import { assertEquals, assertMatch } from "@std/assert";
import { ANSWERING } from "../support/answering.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { NormalUser, USER, userNamespaces } from "../support/rootless.ts";
import { RUNT, waitUntil } from "../support/runtime.ts";

const NEEDS = [root, program("setpriv"), userNamespaces];

testNeeding(NEEDS, "without --root, a normal user's containers are in his XDG_RUNTIME_DIR", () => {
  using user = new NormalUser();
  using bundle = user.bundle(({ process }) => process.args = ["echo", "hello"]);
  const id = `rootless-${Deno.pid}`, output = `${user.directory}/run/out`;
  user.run(["sh", "-c", `${RUNT} create -b ${bundle.directory} ${id} >${output} 2>&1`]);
  assertEquals(Deno.readTextFileSync(output), "");
  const { isDirectory, mode, uid } = Deno.statSync(`${user.directory}/run/runt`);
  assertEquals([isDirectory, mode! & 0o7777, uid], [true, 0o1700, USER]);
  assertMatch(user.run([RUNT, "list"]).stdout, new RegExp(`${id}.*created`));
  user.run([RUNT, "start", id]);
  waitUntil("it has run", () => Deno.readTextFileSync(output) === "hello\n");
  waitUntil("it is stopped", () => user.run([RUNT, "list"]).stdout.includes("stopped"));
  assertEquals(user.run([RUNT, "delete", id]).stderr, "");
  assertEquals(
    [...Deno.readDirSync(`${user.directory}/run/runt`)].filter(({ isDirectory }) => isDirectory),
    [],
  );
});

testNeeding([...NEEDS, ...ANSWERING], "without --root, answers are found where the containers are", () => {
  using user = new NormalUser();
  using bundle = user.bundle(({ process }) => process.args = ["sleep", "100"]);
  const inside = (...args: string[]) => ["unshare", "--user", "--map-root-user", ...args];
  const callers: [command: string[], found: boolean][] = [
    [[RUNT], true],
    [["env", "USER=root", RUNT], true],
    // Root of a user namespace: USER tells whether it is meant to be like the host's.
    [inside(RUNT), true],
    [inside("env", "USER=somebody", RUNT), true],
    [inside("env", "USER=root", RUNT), false],
    [["env", "-u", "XDG_RUNTIME_DIR", RUNT], false],
    [["env", "XDG_RUNTIME_DIR=", RUNT], false],
    [["env", `XDG_RUNTIME_DIR=/${"x".repeat(600)}`, RUNT], false],
  ];
  for (const [i, [command, found]] of callers.entries()) {
    const id = `rootless-${Deno.pid}-${i}`, output = `${user.directory}/run/out`;
    user.run(["sh", "-c", `${RUNT} create -b ${bundle.directory} ${id} >${output} 2>&1`]);
    const state = `${user.directory}/run/runt/${id}/state.json`, facts = Deno.readTextFileSync(state);
    // Nothing but an answer can start it now.
    Deno.writeTextFileSync(state, "?");
    const { code, stderr } = user.run([...command, "start", id]);
    Deno.writeTextFileSync(state, facts);
    assertEquals([command, code === 0], [command, found], stderr);
    assertEquals(stderr.includes("is not a state file"), false, stderr);
    assertEquals(JSON.parse(user.run([RUNT, "state", id]).stdout).status, found ? "running" : "created");
    user.run([RUNT, "delete", "--force", id]);
  }
});
