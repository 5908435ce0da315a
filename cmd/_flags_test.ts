import { assertEquals } from "@std/assert";
import type { FlagSet } from "./_command.ts";
import { type FlagValue, parseBoolean, parseFlags } from "./_flags.ts";

const SET: FlagSet = {
  flags: { bundle: "string", detach: "boolean", "preserve-fds": "integer", env: "strings" },
  aliases: { b: "bundle", d: "detach", e: "env" },
};

function parse(...args: string[]) {
  const values: Record<string, FlagValue> = {};
  const { operands, error } = parseFlags([{ ...SET, values }], args);
  return error === undefined ? { values, operands } : { values, operands, error };
}

Deno.test("parseFlags() takes one dash or two, a value behind the flag or behind an equals sign", () => {
  for (
    const args of [["--bundle", "x"], ["-bundle", "x"], ["--bundle=x"], ["-bundle=x"], ["-b", "x"], ["-b=x"]]
  ) {
    assertEquals(parse(...args, "id"), { values: { bundle: "x" }, operands: ["id"] });
  }
});

Deno.test("parseFlags() keeps everything behind the first equals sign, and an empty value", () => {
  assertEquals(parse("--bundle=a=b").values, { bundle: "a=b" });
  assertEquals(parse("--bundle=").values, { bundle: "" });
  assertEquals(parse("--bundle", "").values, { bundle: "" });
});

Deno.test("parseFlags() takes whatever follows as a value, a flag or two dashes too", () => {
  assertEquals(parse("--bundle", "--detach", "id"), { values: { bundle: "--detach" }, operands: ["id"] });
  assertEquals(parse("--bundle", "--", "id"), { values: { bundle: "--" }, operands: ["id"] });
});

Deno.test("parseFlags() gives a boolean its value by an equals sign only", () => {
  assertEquals(parse("-d", "false"), { values: { detach: true }, operands: ["false"] });
  assertEquals(parse("--detach=false").values, { detach: false });
  assertEquals(parse("-d=T").values, { detach: true });
});

Deno.test("parseFlags() lets the last of two values win, and collects those of a repeatable flag", () => {
  assertEquals(parse("-b", "x", "--bundle=y").values, { bundle: "y" });
  assertEquals(parse("-e", "A=1", "id", "--env=B=2").values, { env: ["A=1", "B=2"] });
});

Deno.test("parseFlags() reads integers as Go does", () => {
  const numbers = { "3": 3, "-1": -1, "+2": 2, "0": 0, "010": 8, "0x1F": 31, "0b11": 3, "0o17": 15, "00": 0 };
  for (const [text, number] of Object.entries(numbers)) {
    assertEquals(parse(`--preserve-fds=${text}`), { values: { "preserve-fds": number }, operands: [] });
  }
  const bad = {
    "": "parse error",
    x: "parse error",
    "1x": "parse error",
    "1.5": "parse error",
    " 1": "parse error",
  };
  for (const [text, reason] of Object.entries({ ...bad, "99999999999999999999": "value out of range" })) {
    const { error } = parse("--preserve-fds", text);
    assertEquals(error, `invalid value "${text}" for flag -preserve-fds: ${reason}`);
  }
});

Deno.test("parseFlags() finds flags behind operands, and leaves there what is none", () => {
  assertEquals(parse("id", "--detach", "-9"), { values: { detach: true }, operands: ["id", "-9"] });
  assertEquals(parse("id", "--nosuch=1").operands, ["id", "--nosuch=1"]);
});

Deno.test("parseFlags() ends the flags at two dashes, and takes a single dash for an operand", () => {
  assertEquals(parse("--", "--detach", "--"), { values: {}, operands: ["--detach", "--"] });
  assertEquals(parse("-", "-d"), { values: { detach: true }, operands: ["-"] });
  assertEquals(parse("id", "--", "-d"), { values: {}, operands: ["id", "-d"] });
  assertEquals(parse("", "id").operands, ["", "id"]);
});

Deno.test("parseFlags() stops at the first operand when flags come first", () => {
  const values = {};
  const { operands } = parseFlags([{ ...SET, values }], ["-d", "run", "-b", "x"], { flagsFirst: true });
  assertEquals([values, operands], [{ detach: true }, ["run", "-b", "x"]]);
});

Deno.test("parseFlags() says what it does not understand in the words of Go's flag package", () => {
  const errors: [string[], string][] = [
    [["--nosuch"], "flag provided but not defined: -nosuch"],
    [["-nosuch=1"], "flag provided but not defined: -nosuch"],
    [["-db"], "flag provided but not defined: -db"],
    [["---bundle"], "bad flag syntax: ---bundle"],
    [["-=x"], "bad flag syntax: -=x"],
    [["--=x"], "bad flag syntax: --=x"],
    [["-b"], "flag needs an argument: -b"],
    [["--detach=maybe"], 'invalid boolean value "maybe" for -detach: parse error'],
    [["--detach="], 'invalid boolean value "" for -detach: parse error'],
  ];
  for (const [args, error] of errors) assertEquals(parse(...args).error, error);
});

Deno.test("parseFlags() does not take names that every object has for flags", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assertEquals(parse(`--${name}`).error, `flag provided but not defined: -${name}`);
  }
});

Deno.test("parseFlags() asks the targets in turn, and keeps their values apart", () => {
  const own = {};
  const other = { root: "r" };
  parseFlags(
    [{ ...SET, values: own }, { flags: { debug: "boolean", bundle: "boolean" }, values: other }],
    ["--ignored", "--bundle", "y", "--debug"],
    { from: 1 },
  );
  assertEquals([own, other], [{ bundle: "y" }, { root: "r", debug: true }]);
});

Deno.test("parseBoolean() knows the words of Go's strconv.ParseBool and no others", () => {
  for (const word of ["1", "t", "T", "TRUE", "true", "True"]) assertEquals(parseBoolean(word), true);
  for (const word of ["0", "f", "F", "FALSE", "false", "False"]) assertEquals(parseBoolean(word), false);
  for (const word of ["", "yes", "on", "tRUE", "2"]) assertEquals(parseBoolean(word), undefined);
});

Deno.test("parseFlags() reads durations as Go does, in milliseconds", () => {
  const duration = (text: string) => {
    const values: Record<string, FlagValue> = {};
    const { error } = parseFlags([{ flags: { interval: "duration" }, values }], [`--interval=${text}`]);
    return error ?? values.interval;
  };
  const good = {
    "5s": 5000,
    "1m30s": 90_000,
    "100ms": 100,
    ".5h": 1_800_000,
    "-1s": -1000,
    "0": 0,
    "1.s": 1000,
    "2us": 2e-3,
    "2µs": 2e-3,
  };
  for (const [text, milliseconds] of Object.entries(good)) assertEquals(duration(text), milliseconds, text);
  for (const text of ["", "5", "x", "s", "1 s", "1d", "1s2", "--1s"]) {
    assertEquals(duration(text), `invalid value ${JSON.stringify(text)} for flag -interval: parse error`);
  }
});
