import { assertEquals, assertThrows } from "@std/assert";
import { EPERM } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { initContext, processConfig } from "../../tests/support/init_fixture.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import type { SeccompConfig } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { explainProcessError } from "./explain.ts";
import { prepareProgram } from "./program.ts";
import { queueTail } from "./tail.ts";

const FILTER: SeccompConfig = { program: [6, 0x7fff0000], flags: 4 };
const NOTIFYING: SeccompConfig = { ...FILTER, flags: 12, listenerPath: "/run/agent" };

/** A kernel whose every file is an executable one, and whose filters have the descriptor 21. */
function kernel(): RecordingKernel {
  return new RecordingKernel(({ name, args }) => {
    if (name === "seccomp") return 21;
    if (name === "getcwd") {
      (args[0] as { bytes: Uint8Array }).bytes[0] = 0x2f;
      return 2;
    }
    return undefined;
  });
}

/** The calls that matter, in their order, up to the tail and in it. */
function calls(noNewPrivileges: boolean, seccomp: SeccompConfig, sent: number[] = []): string[][] {
  const recording = kernel(), config = { ...processConfig({ noNewPrivileges, args: ["/bin/x"] }), seccomp };
  const context = initContext({ sendListener: (fd) => void sent.push(fd) });
  const program = prepareProgram(recording, config, context, () => {});
  const before = names(recording).length;
  queueTail(recording, program, 3, undefined, 9);
  const all = names(recording);
  const matters = (name: string) =>
    ["seccomp", "setresuid", "faccessat2", "close_range", "execve"].includes(name);
  return [all.slice(0, before).filter(matters), all.slice(before).filter(matters)];
}

Deno.test("without no_new_privs the filter is set before the user changes, who may not", () => {
  const [before, tail] = calls(false, FILTER);
  assertEquals(before!.lastIndexOf("close_range") < before!.indexOf("seccomp"), true);
  assertEquals(before!.filter((name) => name !== "close_range"), ["seccomp", "setresuid", "faccessat2"]);
  assertEquals(tail, ["close_range", "execve"]);
});

Deno.test("with no_new_privs it is set last of all", () => {
  const [before, tail] = calls(true, FILTER);
  assertEquals(before!.includes("seccomp"), false);
  assertEquals(tail, ["close_range", "seccomp", "execve"]);
});

Deno.test("a filter that tells an agent of calls is set while runt is there to fetch its descriptor", () => {
  for (const noNewPrivileges of [true, false]) {
    const sent: number[] = [], [before, tail] = calls(noNewPrivileges, NOTIFYING, sent);
    assertEquals(before!.filter((name) => name === "seccomp").length, 1);
    assertEquals(before!.indexOf("seccomp") > before!.indexOf("setresuid"), noNewPrivileges);
    assertEquals(tail, ["close_range", "execve"]);
    assertEquals(sent, [21]);
  }
});

Deno.test("who is not root is let fetch the descriptor before the filter may forbid that, and not longer", () => {
  for (const seccomp of [FILTER, NOTIFYING]) {
    const recording = kernel(),
      config = { ...processConfig({ noNewPrivileges: false, args: ["/bin/x"] }), seccomp };
    prepareProgram(recording, config, initContext({ sendListener: () => {}, fetchedByUser: true }), () => {});
    const lines = recording.lines().filter((line) => /^(prctl\(4,|seccomp)/.test(line));
    const tells = seccomp === NOTIFYING;
    assertEquals(lines.map((line) => line.slice(0, 10)), [
      ...(tells ? ["prctl(4, 1"] : []),
      "seccomp(1,",
      "prctl(4, 0",
    ]);
  }
});

Deno.test("the kernel's refusal has runc's words", () => {
  const refusing = new RecordingKernel(({ name }) => name === "seccomp" ? -EPERM : undefined);
  const config = { ...processConfig({ noNewPrivileges: false, args: ["/bin/x"] }), seccomp: FILTER };
  const error = assertThrows(() => {
    prepareProgram(refusing, config, initContext(), () => {});
    refusing.flush();
  });
  const told = explainProcessError(error) as RuntError;
  assertEquals(told instanceof RuntError, true);
  assertEquals(
    told.message.startsWith("error loading seccomp filter into kernel: error loading seccomp filter: "),
    true,
  );
});
