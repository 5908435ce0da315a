import { assertEquals, assertThrows } from "@std/assert";
import { EINVAL, ENOENT, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RecordingKernel, type Script } from "../../ffi/recording.ts";
import { initContext, processConfig } from "../../tests/support/init_fixture.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import type { LandlockConfig } from "../config/config.ts";
import { explainProcessError } from "./explain.ts";
import { restrictByLandlock } from "./landlock.ts";
import { prepareProgram } from "./program.ts";

const CONFIG: LandlockConfig = {
  handledFs: 0b1001,
  handledNet: 1,
  scoped: 2,
  flags: 4,
  paths: [{ path: "/bin", access: 0b1001, at: "paths[0]" }],
  ports: [{ port: 80, access: 1, at: "ports[0]" }],
};
const PATH_BENEATH = 1, NET_PORT = 2;

function restrict(script?: Script, config = CONFIG, pathsMayLack = false): RecordingKernel {
  const kernel = new RecordingKernel(script);
  restrictByLandlock(kernel, config, pathsMayLack);
  return kernel;
}

Deno.test("a ruleset is made, filled by descriptors opened in the root, and set", () => {
  assertEquals(restrict().lines(), [
    "landlock_create_ruleset({…}, 24, 0)",
    'openat(-100, "/", 0x290000, 0)',
    'openat2(101, "bin", {…}, 24)',
    `landlock_add_rule(100, ${PATH_BENEATH}, {…}, 0)`,
    "close(102)",
    "close(101)",
    `landlock_add_rule(100, ${NET_PORT}, {…}, 0)`,
    "landlock_restrict_self(100, 4)",
    "close(100)",
  ]);
});

Deno.test("a path is opened so that it cannot lead out of the root, nor through magic links", () => {
  const { operations } = restrict(undefined, {
    ...CONFIG,
    paths: [{ path: "//../etc", access: 1, at: "paths[0]" }],
  });
  const { args } = operations.find(({ name }) => name === "openat2")!;
  assertEquals(args[1], "../etc");
  const [flags, mode, resolve] = new BigUint64Array((args[2] as Uint8Array<ArrayBuffer>).buffer);
  // O_PATH | O_CLOEXEC; RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS.
  assertEquals([flags, mode, resolve], [0x280000n, 0n, 0x12n]);
});

Deno.test("what is no directory gets the rights that files have, and no rule where that is none", () => {
  const cases: [access: number, rules: number][] = [[0b1001, 2], [0b1000, 1]];
  for (const [access, rules] of cases) {
    let asked = 0;
    const kernel = restrict(
      ({ name, args }) => name === "landlock_add_rule" && args[1] === PATH_BENEATH && !asked++ ? -EINVAL : 0,
      { ...CONFIG, ports: [], paths: [{ path: "/file", access, at: "paths[0]" }] },
    );
    const added = kernel.operations.filter(({ name }) => name === "landlock_add_rule");
    assertEquals(added.length, rules);
    const granted = (added.at(-1)!.args[2] as { bytes: Uint8Array }).bytes[0];
    if (rules === 2) assertEquals(granted, 1);
    assertEquals(names(kernel).includes("landlock_restrict_self"), true);
  }
});

Deno.test("a path that is gone grants nothing to what is executed later, and ends the making of a container", () => {
  for (const errno of [ENOENT, ENOTDIR]) {
    const script: Script = ({ name }) => name === "openat2" ? -errno : undefined;
    const calls = names(restrict(script, CONFIG, true));
    assertEquals(calls.filter((name) => name === "landlock_add_rule").length, 1);
    assertEquals(calls.at(-2), "landlock_restrict_self");
    const error = assertThrows(() => restrict(script), KernelError);
    assertEquals(
      (explainProcessError(error) as Error).message.startsWith('error applying Landlock: "/bin": '),
      true,
    );
  }
});

Deno.test("the first refusal of each call is told with its place", () => {
  const cases: Record<string, string | undefined> = {
    landlock_create_ruleset: undefined,
    openat: undefined,
    openat2: "paths[0]",
    landlock_add_rule: "paths[0]",
    landlock_restrict_self: undefined,
  };
  for (const [call, path] of Object.entries(cases)) {
    const error = assertThrows(() => restrict(({ name }) => name === call ? -EPERM : undefined), KernelError);
    assertEquals([error.syscall, error.where.path, error.where.step], [call, path, "landlock"]);
  }
});

Deno.test("the process is restricted before it is limited, filtered and becomes the user, and after that reads no file", () => {
  for (const noNewPrivileges of [true, false]) {
    const kernel = new RecordingKernel(({ name, args }) => {
      if (name !== "getcwd") return undefined;
      (args[0] as { bytes: Uint8Array }).bytes[0] = 0x2f;
      return 2;
    });
    const config = {
      ...processConfig({ noNewPrivileges, args: ["/bin/x"] }),
      landlock: CONFIG,
      seccomp: { program: [6, 0x7fff0000], flags: 0 },
    };
    let limitedAfter = -1;
    prepareProgram(
      kernel,
      config,
      initContext({ restrict: (kernel) => restrictByLandlock(kernel, CONFIG, false) }),
      () => limitedAfter = kernel.operations.length,
    );
    const calls = names(kernel), at = calls.indexOf("landlock_restrict_self");
    assertEquals(limitedAfter > at, true);
    const later = ["setgroups", "setresuid", "capset", ...(noNewPrivileges ? [] : ["seccomp"])];
    for (const call of later) assertEquals(calls.indexOf(call) > at, true, call);
    assertEquals(calls.slice(at).filter((name) => name.startsWith("open") || name === "mount"), []);
  }
});
