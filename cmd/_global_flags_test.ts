import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { silentLogger } from "../libcontainer/log.ts";
import { type GlobalValues, resolveRuntimeOptions } from "./_global_flags.ts";

function resolve(values: GlobalValues) {
  return resolveRuntimeOptions({ root: "/r", ...values }, silentLogger);
}

Deno.test("resolveRuntimeOptions() without flags has runc's defaults", () => {
  const { root, systemdCgroup, rootless, init, debug } = resolve({ init: "image" });
  assertEquals([root, systemdCgroup, rootless, init, debug], ["/r", false, "auto", "image", false]);
});

Deno.test("resolveRuntimeOptions() makes the root absolute and clean", () => {
  assertEquals(resolve({ root: "/a//b/../c/" }).root, "/a/c");
  assertEquals(resolve({ root: "state" }).root, `${Deno.cwd()}/state`);
});

Deno.test("resolveRuntimeOptions() refuses the host's root as the root, with runc's text", () => {
  for (const root of ["/", "//", "/..", "../".repeat(50)]) {
    const error = assertThrows(() => resolve({ root }), RuntError);
    assertEquals(error.message, "Option --root argument should not be set to /");
  }
});

Deno.test("resolveRuntimeOptions() reads --rootless as runc does", () => {
  const texts = {
    "": "auto",
    auto: "auto",
    AUTO: "auto",
    true: "true",
    "1": "true",
    false: "false",
    F: "false",
  };
  for (const [rootless, value] of Object.entries(texts)) assertEquals(resolve({ rootless }).rootless, value);
  assertThrows(() => resolve({ rootless: "maybe" }), RuntError, "invalid --rootless: maybe");
});

Deno.test("resolveRuntimeOptions() lets --init go before RUNT_INIT", () => {
  const before = Deno.env.get("RUNT_INIT");
  try {
    Deno.env.set("RUNT_INIT", "self");
    assertEquals(resolve({}).init, "self");
    assertEquals(resolve({ init: "image" }).init, "image");
    Deno.env.set("RUNT_INIT", "other");
    assertThrows(() => resolve({}), RuntError, "invalid --init: other");
  } finally {
    if (before === undefined) Deno.env.delete("RUNT_INIT");
    else Deno.env.set("RUNT_INIT", before);
  }
});

Deno.test("resolveRuntimeOptions() keeps the state of others than root below $XDG_RUNTIME_DIR, with the sticky bit", () => {
  const names = ["XDG_RUNTIME_DIR", "USER"];
  const before = names.map((name) => Deno.env.get(name));
  const directory = Deno.makeTempDirSync();
  try {
    Deno.env.set("XDG_RUNTIME_DIR", directory);
    Deno.env.set("USER", "root");
    const { root } = resolveRuntimeOptions({}, silentLogger);
    const isRoot = Deno.uid() === 0;
    assertEquals(root, isRoot ? "/run/runt" : `${directory}/runt`);
    if (!isRoot) assertEquals(Deno.statSync(root).mode! & 0o7777, 0o1700);
  } finally {
    names.forEach((name, i) =>
      before[i] === undefined ? Deno.env.delete(name) : Deno.env.set(name, before[i])
    );
    Deno.removeSync(directory, { recursive: true });
  }
});
