import { assert, assertEquals, assertExists } from "@std/assert";
import type { FlagSet, FlagTable } from "../_command.ts";
import { FRONT_FLAGS, GLOBAL_FLAGS, HELP_FLAG } from "../_global_flags.ts";
import { loadCommand } from "../_load_command.ts";
import { findManual, GLOBAL_MANUAL, MANUALS } from "./mod.ts";

/** Every command that can be loaded, found in the folder, so that one that is forgotten somewhere is noticed. */
function commandNames(): string[] {
  return [...Deno.readDirSync(new URL("..", import.meta.url))]
    .map(({ name }) => name)
    .filter((name) => /^[a-z]\w*\.ts$/.test(name) && !name.endsWith("_test.ts") && name !== "init.ts")
    .map((name) => name.slice(0, -".ts".length));
}

Deno.test("every command is loaded by its name and has a manual", async () => {
  for (const name of commandNames()) {
    const command = await loadCommand(name);
    assertEquals(command?.name, name);
    assertExists(findManual(name), name);
  }
  assertEquals(MANUALS.length, commandNames().length);
});

Deno.test("every manual describes the flags and short names that the command parses", async () => {
  for (const manual of MANUALS) {
    const command = await loadCommand(manual.name);
    assertExists(command);
    const flags: FlagTable = { ...command.flags, ...HELP_FLAG.flags };
    assertEquals(Object.keys(manual.flags).sort(), Object.keys(flags).sort(), manual.name);
    assertEquals(manual.aliases, { ...command.aliases, ...HELP_FLAG.aliases }, manual.name);
    for (const [name, flag] of Object.entries(manual.flags)) {
      assertEquals(flag.value === undefined, flags[name] === "boolean", `${manual.name} --${name}`);
    }
  }
  const front: FlagSet = {
    flags: { ...GLOBAL_FLAGS.flags, ...FRONT_FLAGS.flags },
    aliases: FRONT_FLAGS.aliases,
  };
  assertEquals(Object.keys(GLOBAL_MANUAL.flags), Object.keys(front.flags));
  assertEquals(GLOBAL_MANUAL.aliases, front.aliases);
});

Deno.test("the one flag that means something else before a command and behind it is runc's --rootless of spec", async () => {
  const twice: string[] = [];
  for (const manual of MANUALS) {
    for (const name of Object.keys((await loadCommand(manual.name))!.flags)) {
      if (name in GLOBAL_FLAGS.flags || name in FRONT_FLAGS.flags) twice.push(`${manual.name} --${name}`);
    }
  }
  assertEquals(twice, ["spec --rootless"]);
});

Deno.test("texts are phrases without a full stop, and fit a terminal", () => {
  for (const manual of [...MANUALS, GLOBAL_MANUAL]) {
    for (const { text } of Object.values(manual.flags)) {
      assert(!text.endsWith(".") && !text.includes("\n"), text);
    }
    for (const line of manual.description.split("\n")) assert(line.length <= 110, line);
    assert(!manual.summary.endsWith("."), manual.summary);
  }
});
