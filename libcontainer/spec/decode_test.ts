import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FULL_SPEC } from "../../tests/support/full_spec.ts";
import { RuntError } from "../error.ts";
import { decode } from "./decode.ts";
import { memberPath } from "./problem.ts";
import { PROCESS, SPEC } from "./schema.ts";
import type { Spec } from "./spec.ts";

function problemsOf(text: string): string[] {
  return decode<Spec>(text, SPEC).problems.map(({ path, message }) => `${path}: ${message}`);
}

/** All values of an object that have no members, with the keys that lead there. */
function* leavesOf(value: unknown, keys: (string | number)[] = []): Generator<(string | number)[]> {
  if (typeof value !== "object" || value === null) yield keys;
  else if (Array.isArray(value)) yield* leavesOf(value[0], [...keys, 0]);
  else for (const [key, each] of Object.entries(value)) yield* leavesOf(each, [...keys, key]);
}

function replaced(keys: (string | number)[], value: unknown): string {
  const copy = JSON.parse(JSON.stringify(FULL_SPEC));
  let at = copy;
  for (const key of keys.slice(0, -1)) at = at[key];
  at[keys.at(-1)!] = value;
  return JSON.stringify(copy);
}

Deno.test("decode() gives a config with every field of the spec back as it is", () => {
  assertEquals(decode<unknown>(JSON.stringify(FULL_SPEC), SPEC), { value: FULL_SPEC, problems: [] });
});

Deno.test("decode() finds a wrong type at every place of the spec, and says where", () => {
  let count = 0;
  for (const keys of leavesOf(FULL_SPEC)) {
    for (let length = 1; length <= keys.length; length++) {
      const part = keys.slice(0, length);
      const { problems } = decode<Spec>(replaced(part, [[]]), SPEC); // nothing in the spec is a list of lists
      // deno-lint-ignore no-explicit-any -- walks any value
      const isList = Array.isArray(part.reduce<any>((at, key) => at[key], FULL_SPEC));
      const path = (isList ? [...part, 0] : part).reduce<string>(memberPath, "");
      assertEquals(problems.map((problem) => problem.path), [path]);
      count++;
    }
  }
  assert(count > 400, `${count} places were tried`);
});

Deno.test("decode() tells all problems at once, in the order of the file", () => {
  assertEquals(
    problemsOf(`{"process":{"cwd":5,"args":["a",3],"user":{"uid":-1,"umask":1.5}},"root":[],
      "annotations":{"net.x y":1},"linux":{"namespaces":{},"resources":{"devices":[{"allow":"yes"}]}}}`),
    [
      "process.cwd: must be a string, not a number",
      "process.args[1]: must be a string, not a number",
      "process.user.uid: must be between 0 and 4294967295, not -1",
      "process.user.umask: must be an integer, not 1.5",
      "root: must be an object, not an array",
      'annotations["net.x y"]: must be a string, not a number',
      "linux.namespaces: must be an array, not an object",
      "linux.resources.devices[0].allow: must be true or false, not a string",
    ],
  );
});

Deno.test("decode() keeps 64-bit integers exact and the others numbers", () => {
  const { value, problems } = decode<Spec>(
    `{"ociVersion":"1","x":12345678901234567890,"process":{"rlimits":[
      {"type":"A","hard":18446744073709551615,"soft":1024}]},
      "linux":{"resources":{"memory":{"limit":9223372036854771712,"swap":-9223372036854775808,"reservation":1e17}}}}`,
    SPEC,
  );
  assertEquals(problems, []);
  assertEquals(value.process!.rlimits![0], { type: "A", hard: 18446744073709551615n, soft: 1024 });
  assertEquals(value.linux!.resources!.memory, {
    limit: 9223372036854771712n,
    swap: -9223372036854775808n,
    reservation: 100000000000000000n,
  });
});

Deno.test("decode() refuses integers beyond their type", () => {
  const cases: [string, string][] = [
    ['"process":{"rlimits":[{"hard":18446744073709551616}]}', "process.rlimits[0].hard"],
    ['"process":{"rlimits":[{"hard":-1}]}', "process.rlimits[0].hard"],
    ['"process":{"rlimits":[{"hard":1e30}]}', "process.rlimits[0].hard"],
    ['"process":{"user":{"gid":4294967296}}', "process.user.gid"],
    ['"process":{"oomScoreAdj":99999999999999999999}', "process.oomScoreAdj"],
    ['"linux":{"resources":{"memory":{"limit":9223372036854775808}}}', "linux.resources.memory.limit"],
    ['"linux":{"resources":{"blockIO":{"weight":65536}}}', "linux.resources.blockIO.weight"],
  ];
  for (const [member, path] of cases) {
    const problems = problemsOf(`{${member}}`);
    assertEquals(problems.length, 1, member);
    assertStringIncludes(problems[0]!, `${path}: must be between `);
  }
});

Deno.test("decode() treats null as Go does: absent, or the zero value in lists and maps", () => {
  const { value, problems } = decode<Spec>(
    `{"ociVersion":null,"hostname":null,"mounts":[null],"process":{"user":null,"args":["a",null]},
      "annotations":{"a":null},"linux":{"resources":null}}`,
    SPEC,
  );
  assertEquals(problems, []);
  assertEquals(value, {
    ociVersion: "",
    mounts: [{ destination: "" }],
    process: { user: { uid: 0, gid: 0 }, cwd: "", args: ["a", ""] },
    annotations: { a: "" },
    linux: {},
  });
});

Deno.test("decode() takes a name in another case where the exact one is missing, as runc does", () => {
  const { value } = decode<Spec>(
    `{"OCIversion":"1.0.0","Hostname":"a","hostname":"b","ROOT":{"Path":"r"}}`,
    SPEC,
  );
  assertEquals([value.ociVersion, value.hostname, value.root?.path], ["1.0.0", "b", "r"]);
  assertEquals(problemsOf(`{"Linux":{"Seccomp":5}}`), ["Linux.Seccomp: must be an object, not a number"]);
});

Deno.test("decode() ignores what the spec does not know, even names of Object.prototype", () => {
  const { value, problems } = decode<Spec>(
    `{"__proto__":{"hostname":"evil"},"constructor":1,"toString":{},"vm":5,"x":[{}],"hostname":"a","hostname":"b"}`,
    SPEC,
  );
  assertEquals(problems, []);
  assertEquals(value.hostname, "b"); // the last duplicate wins
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  const annotations = decode<Spec>(`{"annotations":{"__proto__":null}}`, SPEC).value.annotations!;
  assertEquals(Object.entries(annotations), [["__proto__", ""]]);
});

Deno.test("decode() refuses NUL bytes, which no system call could take", () => {
  assertEquals(
    problemsOf(`{"hostname":"a\\u0000b","process":{"args":["\\u0000"]},"linux":{"sysctl":{"a\\u0000":"1"}}}`),
    [
      "hostname: must not contain a NUL byte",
      "process.args[0]: must not contain a NUL byte",
      'linux.sysctl["a\\u0000"]: must not contain a NUL byte',
    ],
  );
});

Deno.test("decode() skips a byte order mark and decodes parts of the spec too", () => {
  assertEquals(decode<{ cwd: string }>('\ufeff{"cwd":"/"}', PROCESS).value.cwd, "/");
});

Deno.test("decode() throws where there is no object to decode", () => {
  const messageOf = (text: string) => assertThrows(() => decode(text, SPEC), RuntError).message;
  assertEquals(messageOf("null"), "config cannot be null");
  assertEquals(messageOf("[]"), "config.json must be an object, not an array");
  assertEquals(
    messageOf('{\n  "root": {,}\n}'),
    'config.json is not valid JSON: line 2, column 12: expected a name in double quotes or "}", found ","',
  );
  const deep = "[".repeat(200_000);
  assertStringIncludes(messageOf(deep), "line 1, column 200001: unexpected end of file");
});
