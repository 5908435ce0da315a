import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import type { Process } from "../spec/process.ts";
import {
  changeProcess,
  dropUnknownCapabilities,
  parseProcessFile,
  type ProcessFlags,
} from "./exec_process.ts";

const CONTAINERS: Process = {
  terminal: true,
  args: ["init"],
  cwd: "/work",
  env: ["A=1"],
  user: { uid: 5, gid: 6, umask: 0o27, additionalGids: [7] },
  capabilities: { bounding: ["CAP_KILL"], effective: [], permitted: ["CAP_KILL"] },
  rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 2 }],
  noNewPrivileges: true,
  oomScoreAdj: 9,
  apparmorProfile: "p",
};
const NONE: ProcessFlags = { args: ["true"], env: [], terminal: false, additionalGids: [], caps: [] };

Deno.test("without flags it is the container's process with another program, and no terminal", () => {
  assertEquals(changeProcess(CONTAINERS, NONE), { ...CONTAINERS, args: ["true"], terminal: false });
});

Deno.test("flags change what they are about", () => {
  const changed = changeProcess(CONTAINERS, {
    ...NONE,
    cwd: "/",
    env: ["B=2", "A=3"],
    terminal: true,
    user: "10",
    additionalGids: [8],
    selinuxLabel: "label",
    apparmorProfile: "q",
    noNewPrivileges: false,
  });
  assertEquals(changed, {
    ...CONTAINERS,
    args: ["true"],
    cwd: "/",
    env: ["A=1", "B=2", "A=3"],
    user: { uid: 10, gid: 6, umask: 0o27, additionalGids: [7, 8] },
    selinuxLabel: "label",
    apparmorProfile: "q",
    noNewPrivileges: false,
  });
  assertEquals(changeProcess(CONTAINERS, { ...NONE, user: "10:+20" }).user.gid, 20);
});

Deno.test("capabilities are added to the sets, and to the ambient one where any can be inherited", () => {
  const add = (capabilities: Process["capabilities"]) => {
    return changeProcess({ ...CONTAINERS, ...(capabilities && { capabilities }) }, {
      ...NONE,
      caps: ["CAP_CHOWN"],
    })
      .capabilities;
  };
  assertEquals(add(undefined), {
    bounding: ["CAP_KILL", "CAP_CHOWN"],
    effective: ["CAP_CHOWN"],
    permitted: ["CAP_KILL", "CAP_CHOWN"],
  });
  assertEquals(add({ inheritable: ["CAP_KILL"] })?.ambient, ["CAP_CHOWN"]);
  const { capabilities: _, ...without } = CONTAINERS;
  assertEquals(changeProcess(without, { ...NONE, caps: ["CAP_CHOWN"] }).capabilities?.effective, [
    "CAP_CHOWN",
  ]);
});

Deno.test("capabilities that no kernel has are left out, and told", () => {
  const drop = (process: Process) => {
    const told: string[] = [];
    return [dropUnknownCapabilities(process, (text) => told.push(text)).capabilities, told] as const;
  };
  const known = changeProcess(CONTAINERS, { ...NONE, caps: ["CAP_CHOWN"] });
  const asked = changeProcess(CONTAINERS, { ...NONE, caps: ["CAP_FOO", "CAP_CHOWN", "chown"] });
  assertEquals(drop(known), [known.capabilities, []]);
  assertEquals(drop(asked), [
    known.capabilities,
    ["ignoring unknown or unavailable capabilities: [CAP_FOO chown]"],
  ]);
  const { capabilities: _, ...without } = CONTAINERS;
  assertEquals(drop(without), [undefined, []]);
});

Deno.test("flags that make no sense are refused in runc's words", () => {
  const cases: [Partial<ProcessFlags>, string][] = [
    [{ args: [] }, "exec args cannot be empty"],
    [{ user: "x" }, 'bad uid: strconv.Atoi: parsing "x": invalid syntax'],
    [{ user: ":1" }, 'bad uid: strconv.Atoi: parsing "": invalid syntax'],
    [{ user: "1:" }, 'bad gid: strconv.Atoi: parsing "": invalid syntax'],
    [{ user: "-1" }, 'bad uid: "-1" is not between 0 and 4294967295'],
    [{ user: "4294967296" }, "bad uid"],
    [{ additionalGids: [-4] }, "additional-gids must be a positive number -4"],
  ];
  for (const [flags, text] of cases) {
    assertThrows(() => changeProcess(CONTAINERS, { ...NONE, ...flags }), RuntError, text);
  }
});

const fileWith = (text: string): Process => parseProcessFile(text, "file", CONTAINERS);

Deno.test("a file has all but what belongs to the container, and leaves out what the container says", () => {
  const { capabilities, rlimits, apparmorProfile } = CONTAINERS;
  const file = {
    args: ["id"],
    cwd: "/",
    user: { uid: 1, gid: 2, umask: 0 },
    oomScoreAdj: -1000,
    rlimits: [],
  };
  assertEquals(fileWith(JSON.stringify(file)), {
    args: ["id"],
    cwd: "/",
    user: { uid: 1, gid: 2, umask: 0o27 },
    capabilities: capabilities!,
    rlimits: rlimits!,
    apparmorProfile: apparmorProfile!,
    oomScoreAdj: 9,
  });
  const own = { ...file, capabilities: {}, apparmorProfile: "q", noNewPrivileges: false };
  const process = fileWith(JSON.stringify(own));
  assertEquals([process.capabilities, process.apparmorProfile, process.noNewPrivileges], [{}, "q", false]);
});

Deno.test("a file of a wrong type is told", () => {
  assertThrows(() => fileWith("{"), RuntError);
  assertThrows(() => fileWith('{ "args": "id" }'), RuntError, "args");
});
