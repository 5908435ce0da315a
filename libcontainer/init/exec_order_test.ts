import { assert, assertEquals, assertThrows } from "@std/assert";
import { EACCES, EPERM } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { initContext, processConfig } from "../../tests/support/init_fixture.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import { setUpExec } from "./exec_order.ts";

/** A kernel in which all is there, and /etc/passwd is empty. */
function kernelWith(answers: Readonly<Record<string, number>> = {}): RecordingKernel {
  return new RecordingKernel(({ name, args }) => {
    if (name === "getcwd") {
      (args[0] as { bytes: Uint8Array }).bytes[0] = 0x2f;
      return 2;
    }
    if (name === "read") return 0;
    return answers[name];
  });
}

const CONFIG = {
  ...processConfig({
    args: ["/bin/true"],
    umask: 0o27,
    noNewPrivileges: true,
    personality: 8,
    uid: 5,
  }),
  newKeyring: true,
};

Deno.test("the steps come in runc's order, the limits before the user", () => {
  const kernel = kernelWith();
  let before: string[] = [];
  const program = setUpExec(kernel, CONFIG, initContext(), () => before = names(kernel));
  assertEquals(program, { file: "/bin/true", args: ["/bin/true"], env: ["HOME=/"] });
  const order = ["keyctl", "prctl", "umask", "personality", "openat"];
  assertEquals(before.filter((name) => order.includes(name)), order);
  assert(!before.includes("setresuid") && !before.includes("capset"));
  const after = names(kernel).slice(before.length);
  const rest = ["chdir", "setgroups", "setresgid", "setresuid", "getcwd", "capset", "newfstatat"];
  assertEquals(after.filter((name) => rest.includes(name)), rest);
});

Deno.test("one round trip finds the home, one makes the user and finds the program", () => {
  const kernel = kernelWith();
  setUpExec(kernel, CONFIG, initContext(), () => {});
  assertEquals(kernel.flushes, 2);
});

Deno.test("what the config does not ask for is left alone: no keyring, and the caller's umask", () => {
  const kernel = kernelWith();
  setUpExec(
    kernel,
    { ...processConfig({ args: ["/bin/true"] }), newKeyring: false },
    initContext(),
    () => {},
  );
  assertEquals(
    names(kernel).filter((name) => ["keyctl", "umask", "personality", "ioctl"].includes(name)),
    [],
  );
});

Deno.test("the container's session keyring is joined, and its permissions left as they are", () => {
  const kernel = kernelWith();
  setUpExec(kernel, CONFIG, initContext(), () => {});
  assertEquals(kernel.lines().filter((line) => line.startsWith("keyctl")), [
    `keyctl(1, "_ses.${CONFIG.id}", 0, 0)`,
  ]);
  assertThrows(
    () => setUpExec(kernelWith({ keyctl: -EACCES }), CONFIG, initContext(), () => {}),
    Error,
    "keyring",
  );
});

Deno.test("the first step that fails ends it, in runc's words", () => {
  const failing = kernelWith({ personality: -EPERM });
  assertThrows(() => setUpExec(failing, CONFIG, initContext(), () => {}), Error, "set_personality");
});
