import { assertEquals } from "@std/assert";
import { type Changes, findingsOf } from "../../tests/support/checked_spec.ts";
import { checkCapabilities } from "./capabilities.ts";
import { checkProcess } from "./process.ts";
import { checkRlimits } from "./rlimits.ts";
import { checkRoot } from "./root.ts";
import { checkVersion } from "./version.ts";

Deno.test("checkProcess() has runc's words for what is missing", () => {
  const cases: [Changes, string[]][] = [
    [{ process: undefined }, ["process: process property must not be empty"]],
    [{ "process.cwd": "" }, ["process.cwd: Cwd property must not be empty"]],
    [{ "process.cwd": "./tmp" }, ["process.cwd: Cwd must be an absolute path"]],
    [{ "process.args": undefined }, ["process.args: args must not be empty"]],
    [{ "process.args": [] }, ["process.args: args must not be empty"]],
    [{ "process.commandLine": "sh" }, [
      "process.commandLine: is for Windows only: args say what is run",
    ]],
    [{ "process.args": [""] }, []], // found when it is looked up in PATH
  ];
  for (const [changes, expected] of cases) assertEquals(findingsOf(checkProcess, changes), expected);
});

Deno.test("checkProcess() refuses environment entries that are not NAME=value", () => {
  assertEquals(findingsOf(checkProcess, { "process.env": ["A=", "B", "=C", "D=e=f"] }), [
    "process.env[1]: invalid environment variable: missing '='",
    "process.env[2]: invalid environment variable: name cannot be empty",
  ]);
});

Deno.test("checkProcess() refuses ids and scores that Linux has not", () => {
  assertEquals(
    findingsOf(checkProcess, {
      "process.oomScoreAdj": 1001,
      "process.user": { uid: 4294967295, gid: 4294967295, additionalGids: [1, 4294967295], umask: 22 },
    }),
    [
      "process.oomScoreAdj: must be between -1000 and 1000, not 1001",
      "process.user.uid: 4294967295 is not a user id",
      "process.user.gid: 4294967295 is not a group id",
      "process.user.additionalGids: 4294967295 is not a group id",
    ],
  );
  assertEquals(findingsOf(checkProcess, { "process.oomScoreAdj": -1000 }), []);
  assertEquals(findingsOf(checkProcess, { "process.user.additionalGids": Array(65537).fill(5) }), [
    "process.user.additionalGids: Linux takes at most 65536 groups, not 65537",
  ]);
});

Deno.test("checkProcess() warns of a umask with more than permission bits", () => {
  assertEquals(findingsOf(checkProcess, { "process.user.umask": 0o777 }), []);
  assertEquals(findingsOf(checkProcess, { "process.user.umask": 1022 }), [
    "warning: process.user.umask: bits beyond 0777 are ignored: 01776",
  ]);
});

Deno.test("checkProcess() refuses additional groups in a rootless container", () => {
  const changes = { "process.user.additionalGids": [5] };
  assertEquals(findingsOf(checkProcess, changes, {}, { rootless: true }), [
    "process.user.additionalGids: cannot set any additional groups in a rootless container",
  ]);
  assertEquals(findingsOf(checkProcess, changes), []);
});

Deno.test("checkCapabilities() refuses names that no kernel has, and warns of those that this one lacks", () => {
  const changes = {
    "process.capabilities.bounding": ["CAP_CHOWN", "CAP_FOO", "chown", "CAP_BPF", "CAP_PERFMON"],
    "process.capabilities.ambient": ["CAP_BPF"],
  };
  assertEquals(findingsOf(checkCapabilities, changes, { lastCap: 37 }), [
    'process.capabilities.bounding[1]: unknown capability "CAP_FOO"',
    'process.capabilities.bounding[2]: unknown capability "chown"',
    "warning: process.capabilities: ignoring unknown or unavailable capabilities: [CAP_BPF CAP_PERFMON]",
  ]);
  assertEquals(findingsOf(checkCapabilities, { ...changes, "process.capabilities.ambient": [] }).length, 2);
});

Deno.test("checkCapabilities() warns of ambient capabilities that the kernel will not raise", () => {
  const changes = {
    "process.capabilities.permitted": ["CAP_KILL", "CAP_CHOWN"],
    "process.capabilities.inheritable": ["CAP_KILL", "CAP_FOWNER"],
    "process.capabilities.ambient": ["CAP_KILL", "CAP_CHOWN", "CAP_FOWNER"],
  };
  assertEquals(findingsOf(checkCapabilities, changes), [
    "warning: process.capabilities.ambient: can't raise ambient capability CAP_CHOWN: operation not permitted",
    "warning: process.capabilities.ambient: can't raise ambient capability CAP_FOWNER: operation not permitted",
  ]);
  assertEquals(findingsOf(checkCapabilities, { ...changes, "process.capabilities.inheritable": [] }), []);
});

Deno.test("checkRlimits() refuses unknown and duplicated types, and a soft limit over the hard one", () => {
  const rlimits = [
    { type: "RLIMIT_NOFILE", hard: 5, soft: 6 },
    { type: "RLIMIT_FOO", hard: 1, soft: 1 },
    { type: "RLIMIT_CORE", hard: 18446744073709551615n, soft: 18446744073709551614n },
    { type: "RLIMIT_NOFILE", hard: 5, soft: 5 },
  ];
  assertEquals(findingsOf(checkRlimits, { "process.rlimits": rlimits }), [
    "process.rlimits[0].soft: soft limit 6 is over the hard limit 5",
    "process.rlimits[1].type: wrong rlimit value: RLIMIT_FOO",
    "process.rlimits[3].type: duplicated rlimit RLIMIT_NOFILE",
  ]);
});

Deno.test("checkRoot() wants a root directory to be named", () => {
  assertEquals(findingsOf(checkRoot, { root: undefined }), ["root: root must be specified"]);
  assertEquals(findingsOf(checkRoot, { "root.path": "" }), ["root.path: must not be empty"]);
  assertEquals(findingsOf(checkRoot, {}), []);
});

Deno.test("checkVersion() only warns, as runc looks at no version at all", () => {
  const warningOf = (ociVersion: string) => findingsOf(checkVersion, { ociVersion });
  for (const good of ["1.0.2-dev", "1.3.0", "1.2.1+x", "1.99.0"]) assertEquals(warningOf(good), []);
  assertEquals(warningOf(""), ['warning: ociVersion: not a version of the runtime specification: ""']);
  assertEquals(warningOf("2.0.0"), [
    "warning: ociVersion: version 2.0.0 may not be compatible: runt follows 1.3",
  ]);
});
