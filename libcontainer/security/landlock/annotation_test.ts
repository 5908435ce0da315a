import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { readLandlock } from "./annotation.ts";

const AT = 'annotations["io.github.runt.landlock"]';

/** A ruleset that is right, with what a test changes of it. */
function request(change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    ruleset: {
      handledAccessFS: ["execute", "read_file"],
      handledAccessNet: ["bind_tcp"],
      scoped: ["signal"],
    },
    rules: {
      pathBeneath: [{ allowedAccess: ["execute", "read_file"], paths: ["/bin", "/usr"] }],
      netPort: [{ allowedAccess: ["bind_tcp"], ports: [80, 443] }],
    },
    ...change,
  });
}

/** What is said of a text that is wrong: the lines, without the headline of several. */
function problems(text: string): string[] {
  const { message } = assertThrows(() => readLandlock(text), RuntError);
  return message.split("\n").filter((line) => !line.startsWith("config.json has"));
}

Deno.test("readLandlock() fills in what is left out", () => {
  assertEquals(readLandlock('{"ruleset": {"scoped": ["signal"]}}'), {
    ruleset: { handledAccessFS: [], handledAccessNet: [], scoped: ["signal"] },
    rules: { pathBeneath: [], netPort: [] },
    flags: [],
    disableBestEffort: false,
  });
  const { rules, disableBestEffort } = readLandlock(request({ disableBestEffort: true }));
  assertEquals(rules.pathBeneath[0]?.paths, ["/bin", "/usr"]);
  assertEquals([rules.netPort[0]?.ports, disableBestEffort], [[80, 443], true]);
});

Deno.test("readLandlock() refuses what is no JSON, or no object", () => {
  assertEquals(problems('{"ruleset": '), [
    `${AT} is not valid JSON: line 1, column 13: unexpected end of file, expected a value`,
  ]);
  assertEquals(problems("[]"), [`${AT} must be an object, not an array`]);
});

Deno.test("readLandlock() refuses fields that it does not know: what they ask for would not be denied", () => {
  assertEquals(
    problems(request({ ruleset: { handledAccessFs: ["execute"], scoped: ["signal"] }, ruleSet: {} })),
    [
      `${AT}.ruleset.handledAccessFs: is no field of a Landlock ruleset`,
      `${AT}.ruleSet: is no field of a Landlock ruleset`,
    ],
  );
});

Deno.test("readLandlock() tells wrong types and names with their places, all at once", () => {
  assertEquals(problems(request({ flags: "all", disableBestEffort: 1 })), [
    `${AT}.flags: must be an array, not a string`,
    `${AT}.disableBestEffort: must be true or false, not a number`,
  ]);
  const rules = {
    pathBeneath: [{ allowedAccess: ["execute", "reed_file"], paths: ["/bin", "usr"] }],
    netPort: [{ allowedAccess: ["bind_tcp"], ports: [80, 65536] }, { allowedAccess: [], ports: [] }],
  };
  assertEquals(problems(request({ rules, flags: ["quiet"] })), [
    `${AT}.flags[0]: "quiet" is not known to runt; known are log_same_exec_off, log_new_exec_on, log_subdomains_off`,
    `${AT}.rules.pathBeneath[0].allowedAccess[1]: "reed_file" is not known to runt; known are execute, write_file, ` +
    "read_file, read_dir, remove_dir, remove_file, make_char, make_dir, make_reg, make_sock, make_fifo, make_block, " +
    "make_sym, refer, truncate, ioctl_dev, resolve_unix",
    `${AT}.rules.pathBeneath[0].paths[1]: must be absolute, not "usr"`,
    `${AT}.rules.netPort[0].ports[1]: must be between 0 and 65535, not 65536`,
    `${AT}.rules.netPort[1].allowedAccess: must not be empty`,
    `${AT}.rules.netPort[1].ports: must not be empty`,
  ]);
});

Deno.test("readLandlock() refuses rules that allow what is not denied, and rulesets that deny nothing", () => {
  const rules = { pathBeneath: [{ allowedAccess: ["write_file"], paths: ["/tmp"] }] };
  assertEquals(problems(request({ rules })), [
    `${AT}.rules.pathBeneath[0].allowedAccess[0]: write_file is not in ruleset.handledAccessFS, so it is not denied ` +
    "in the first place",
  ]);
  assertEquals(problems("{}"), [
    `${AT}.ruleset: must name at least one access right or scope, or nothing would be denied`,
  ]);
});
