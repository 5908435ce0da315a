/**
 * The table of docs/compatibility.md: every command and flag of runc's and of runt's own is in it, nothing else is, and
 * what it says is the same names a test that runs both runtimes.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FRONT_FLAGS, GLOBAL_FLAGS } from "../../cmd/_global_flags.ts";
import type { FlagSet } from "../../cmd/_command.ts";
import { loadCommand } from "../../cmd/_load_command.ts";
import { MANUALS } from "../../cmd/manual/mod.ts";
import { program, testNeeding } from "../support/needs.ts";
import { run } from "../support/runtime.ts";

const ROOT = new URL("../../", import.meta.url);

/** What runc has got since 1.1, up to 1.5; and what its help does not show. */
const LATER = [
  "create --pidfd-socket",
  "run --pidfd-socket",
  "exec --pidfd-socket",
  "checkpoint --tcp-skip-in-flight",
  "checkpoint --link-remap",
  "update --cpu-burst",
  "update --cpu-idle",
  "update --kernel-memory",
  "update --kernel-memory-tcp",
  "init",
];

interface Row {
  /** `create`, `create --bundle`, `create -b`; global flags without a command. */
  readonly names: readonly string[];
  readonly verdict: string;
  readonly tests: readonly string[];
}

/** The rows of the tables of flags and of commands. */
function readRows(): Row[] {
  const text = Deno.readTextFileSync(new URL("docs/compatibility.md", ROOT));
  const part = text.slice(text.indexOf("## Global flags"), text.indexOf("## Environment"));
  const rows = part.split("\n").filter((line) => line.startsWith("| `")).map((line) => {
    const [, first = "", verdict = "", tests = ""] = line.split("|").map((cell) => cell.trim());
    return { names: namesIn(first), verdict, tests: codeIn(tests) };
  });
  // What is still to come is a list, for it is long.
  const list = part.slice(part.indexOf("\nNot yet:\n")).split(/^- /m).slice(1);
  return [...rows, ...list.map((item) => ({ names: namesIn(item), verdict: "not yet", tests: [] }))];
}

/** Each flag belongs to the command that was named before it. */
function namesIn(text: string): string[] {
  let command = "";
  return codeIn(text).flatMap((code) => {
    const [word = "", flag] = code.split(/\s+/);
    if (word.startsWith("-")) return [`${command} ${word}`.trim()];
    command = word;
    return [flag === undefined ? word : `${word} ${flag}`];
  });
}

function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** The flags of runt's own definitions, long and short, behind a command's name or none. */
function flagsOf(command: string, { flags, aliases = {} }: FlagSet): string[] {
  const spelled = [
    ...Object.keys(flags).map((name) => `--${name}`),
    ...Object.keys(aliases).map((name) => `-${name}`),
  ];
  return spelled.map((flag) => `${command} ${flag}`.trim());
}

async function ownNames(): Promise<string[]> {
  const names = [...flagsOf("", GLOBAL_FLAGS), ...flagsOf("", FRONT_FLAGS)];
  for (const { name } of MANUALS) names.push(name, ...flagsOf(name, (await loadCommand(name))!));
  return names;
}

/** The commands and flags that runc's help lists. */
function namesOfRunc(): string[] {
  const sections = (args: string[]) => run("runc", args).stdout;
  const flags = (help: string) => {
    const options = help.slice(help.search(/^(GLOBAL )?OPTIONS:$/m));
    return [...options.matchAll(/^ {3}(-.*?)(?: {2,}|$)/gm)]
      .flatMap(([, head]) => head!.split(", ").map((flag) => flag.split(" ")[0]!));
  };
  const help = sections(["--help"]);
  const commands = [
    ...help.slice(help.indexOf("COMMANDS:"), help.indexOf("GLOBAL OPTIONS:"))
      .matchAll(/^ {3}(\S+?),? /gm),
  ].map(([, name]) => name!);
  assert(commands.includes("checkpoint") && commands.includes("help"), help);
  const names = [...flags(help), ...commands];
  for (const command of commands) {
    if (command === "help") continue;
    const own = flags(sections([command, "--help"])).filter((flag) => flag !== "--help" && flag !== "-h");
    names.push(...own.map((flag) => `${command} ${flag}`));
  }
  return names;
}

Deno.test("every command and flag of runt's is in the table, once", async () => {
  const names = readRows().flatMap(({ names }) => names);
  assertEquals((await ownNames()).filter((name) => !names.includes(name)), []);
  assertEquals(names.filter((name, i) => names.indexOf(name) !== i), []);
});

testNeeding([program("runc")], "every command and flag of runc's is in the table, and no other", async () => {
  const listed = readRows().flatMap(({ names }) => names), theirs = namesOfRunc();
  assert(theirs.length > 100, `runc's help was not understood: ${theirs}`);
  assertEquals(theirs.filter((name) => !listed.includes(name)), []);
  const known = new Set([...theirs, ...LATER, ...await ownNames()]);
  assertEquals(listed.filter((name) => !known.has(name) && name !== "h"), []);
});

Deno.test("what is the same has a test that is there, and runs both unless that runc is not here", () => {
  for (const { names, verdict, tests } of readRows()) {
    assertMatch(verdict, /^(same|different|not yet)\b/, names.join());
    if (!verdict.startsWith("same")) continue;
    assert(tests.length > 0, `no test: ${names}`);
    const texts = tests.map((path) => Deno.readTextFileSync(new URL(path, ROOT)));
    if (/^same( structure| keys and values)? as in runc|^same (structure|keys)/.test(verdict)) continue;
    assert(texts.some((text) => /runBoth\(|"runc"/.test(text)), `no test runs both: ${names}`);
  }
});

Deno.test("a command that runt has is not said to be still to come", async () => {
  for (const { names: [name = ""], verdict } of readRows()) {
    const isCommand = /^\w+$/.test(name);
    if (isCommand) {
      assertEquals(
        verdict.startsWith("not yet"),
        await loadCommand(name) === undefined && name !== "init",
        name,
      );
    }
  }
});
