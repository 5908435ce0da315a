import { assert, assertEquals, assertThrows } from "@std/assert";
import { EACCES, EINVAL, ELOOP, ENOENT, ENOTDIR, EPERM, EROFS } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { type Operation, Out } from "../../ffi/operation.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { initContext, processConfig } from "../../tests/support/init_fixture.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { queueUser, setNoNewPrivileges } from "./credentials.ts";
import { explainProcessError } from "./explain.ts";

/** Done and checked at once. */
function becomeUser(...given: Parameters<typeof queueUser>): void {
  const check = queueUser(...given);
  given[0].flush();
  check();
}

const USER = processConfig({ uid: 1000, gid: 100, additionalGids: [5, 6], cwd: "/work" });

/** A kernel whose working directory is `/work`, and whose calls come to what is given, time by time. */
function kernelWith(answers: Record<string, number[]> = {}, directory = "/work"): RecordingKernel {
  const times: Record<string, number> = {};
  return new RecordingKernel(({ name, args }: Operation) => {
    const given = answers[name]?.[times[name] = (times[name] ?? -1) + 1];
    if (given !== undefined || name !== "getcwd") return given;
    const out = args[0];
    assert(out instanceof Out);
    new TextEncoder().encodeInto(directory, out.bytes);
    return directory.length + 1;
  });
}

Deno.test("rights go in the order in which each step still has those it needs", () => {
  const kernel = kernelWith();
  becomeUser(kernel, USER, initContext({ stdio: [{ fd: 1, uid: 0, isDevNull: false }] }));
  const calls = kernel.lines().filter((line) => !line.startsWith("prctl(24"));
  assertEquals(calls, [
    'chdir("/work")',
    "prctl(8, 1, 0, 0, 0)",
    "fchown(1, 1000, -1)",
    "setgroups(2, {…})",
    "setresgid(100, 100, 100)",
    "setresuid(1000, 1000, 1000)",
    "getcwd(&out, 0x1000)",
    "prctl(8, 0, 0, 0, 0)",
    "capset({…}, {…})",
    "prctl(47, 4, 0, 0, 0)",
    "prctl(4, 0, 0, 0, 0)",
  ]);
  // The bounding set goes while the process still may change it.
  const dropped = kernel.lines().findIndex((line) => line.startsWith("prctl(24"));
  assert(dropped < kernel.lines().indexOf("setresuid(1000, 1000, 1000)"));
});

Deno.test("the user enters a directory that root may not, and the other way round", () => {
  for (const answers of [[-EACCES, 0], [0]]) {
    const kernel = kernelWith({ chdir: answers });
    becomeUser(kernel, USER, initContext());
    assertEquals(names(kernel).filter((name) => name === "chdir").length, answers.length);
  }
});

Deno.test("a directory that nobody enters is told in runc's words", () => {
  const cases: [number[], string][] = [
    [[-ENOENT, -ENOENT], "no such file or directory"],
    [[-EACCES, -EACCES], "permission denied"],
    [[-ENOTDIR, -EACCES], "not a directory"],
    [[-EPERM, -EPERM], "operation not permitted"],
    [[-ELOOP, -ELOOP], "too many levels of symbolic links"],
  ];
  for (const [chdir, text] of cases) {
    const kernel = kernelWith({ chdir });
    assertThrows(
      () => becomeUser(kernel, USER, initContext()),
      RuntError,
      `chdir to cwd ("/work") set in config.json failed: ${text}`,
    );
  }
});

Deno.test("a working directory outside the root is refused (CVE-2024-21626)", () => {
  const kernel = kernelWith({}, "(unreachable)/host");
  assertThrows(() => becomeUser(kernel, USER, initContext()), RuntError, "possible container breakout");
});

Deno.test("a working directory that cannot be looked at is told in runc's words", () => {
  const kernel = kernelWith({ getcwd: [-EPERM] });
  const error = assertThrows(() => becomeUser(kernel, USER, initContext()), KernelError);
  const told = explainProcessError(error);
  assert(told instanceof RuntError);
  assertEquals(
    told.message,
    "failed to verify if current working directory is safe: as the script says",
  );
  assertEquals(told.path, "process.cwd");
});

Deno.test("ids that the user namespace does not map are told by name", () => {
  for (
    const [call, text] of [["setresgid", "unmapped gid 100"], ["setresuid", "unmapped uid 1000"]] as const
  ) {
    const kernel = kernelWith({ [call]: [-EINVAL] });
    assertThrows(() => becomeUser(kernel, USER, initContext()), RuntError, text);
  }
});

Deno.test("the first refusal of each call ends the making, with its place in the config", () => {
  const cases: Record<string, string | undefined> = {
    setgroups: "process.user.additionalGids",
    setresgid: "process.user.gid",
    setresuid: "process.user.uid",
    capset: "process.capabilities",
  };
  for (const [call, path] of Object.entries(cases)) {
    const kernel = kernelWith({ [call]: [-EPERM] });
    const error = assertThrows(() => becomeUser(kernel, USER, initContext()), KernelError);
    assertEquals([error.syscall, error.where.path], [call, path]);
  }
});

Deno.test("streams go to the user, but for /dev/null, his own and those that cannot", () => {
  const stdio = [
    { fd: 0, uid: 0, isDevNull: true },
    { fd: 1, uid: 1000, isDevNull: false },
    { fd: 2, uid: 0, isDevNull: false },
  ];
  for (const errno of [0, EPERM, EROFS, EINVAL]) {
    const kernel = kernelWith({ fchown: [-errno] });
    becomeUser(kernel, USER, initContext({ stdio }));
    assertEquals(kernel.lines().filter((line) => line.startsWith("fchown")), ["fchown(2, 1000, -1)"]);
  }
});

Deno.test("groups are left alone where the user namespace denies them", () => {
  const kernel = kernelWith();
  becomeUser(kernel, USER, initContext({ setgroupsDenied: true }));
  assert(!names(kernel).includes("setgroups"));
});

Deno.test("no_new_privs is set where it is wanted", () => {
  const kernel = new RecordingKernel();
  setNoNewPrivileges(kernel, processConfig({ noNewPrivileges: false }));
  assertEquals(kernel.lines(), []);
  setNoNewPrivileges(kernel, processConfig({ noNewPrivileges: true }));
  assertEquals(kernel.lines(), ["prctl(38, 1, 0, 0, 0)"]);
});
