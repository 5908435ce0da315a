import { assertEquals } from "@std/assert";
import { CLD_EXITED } from "../../ffi/constants/wait.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import { queueHook, runInside } from "./inside.ts";

const STREAMS = { state: 20, stdout: 21, stderr: 22, failure: 23 };
const HOOK = { path: "/bin/hook", args: ["hook", "a"], env: ["A=1", "B=2", "A=3"] };
const OPTIONS = { env: [], cwd: "/rootfs", umask: 0o22, nofile: { soft: 1n, hard: 2n } };

/** A kernel on which `clone(2)` comes to that. */
function kernelWith(clone: number, others: Record<string, number> = {}): RecordingKernel {
  return new RecordingKernel(({ name }) => name === "clone" ? clone : others[name]);
}

Deno.test("the child has the streams and nothing else, and says why it could not become the hook", () => {
  const kernel = kernelWith(0);
  queueHook(kernel, HOOK, STREAMS, OPTIONS);
  const lines = kernel.lines(), from = lines.findIndex((line) => line.startsWith("clone"));
  assertEquals(lines.slice(from, lines.indexOf("exit_group(127)") + 1), [
    "clone(17, 0, 0, 0, 0)",
    "dup3(20, 0, 0)",
    "dup3(21, 1, 0)",
    "dup3(22, 2, 0)",
    "close_range(3, 0xffffffff, 4)",
    "prlimit64(0, 7, {…}, 0)",
    "umask(18)",
    'chdir("/rootfs")',
    'execve("/bin/hook", {…}, {…})',
    "copy(&out, ?, 8)",
    "write(23, &out, 8)",
    "exit_group(127)",
  ]);
  // Nobody hears of a failure in the child.
  const child = kernel.operations.slice(from + 1, lines.indexOf("exit_group(127)"));
  assertEquals(child.filter(({ name, accept }) => accept !== "any" && !["copy", "umask"].includes(name)), []);
});

Deno.test("of variables given twice a hook gets the last", () => {
  const kernel = kernelWith(0);
  queueHook(kernel, HOOK, STREAMS, { env: [] });
  const [, , env] = kernel.operations.find(({ name }) => name === "execve")!.args;
  assertEquals((env as unknown as { parts: { value: string }[] }).parts.map(({ value }) => value), [
    "B=2",
    "A=3",
  ]);
});

Deno.test("without a timeout the parent waits; with one it kills a hook whose time is over", () => {
  const patient = kernelWith(5);
  queueHook(patient, HOOK, STREAMS, OPTIONS);
  assertEquals(names(patient).filter((name) => /wait|poll|signal|pidfd/.test(name)), ["waitid"]);
  for (const [ppoll, kills] of [[0, true], [1, false]] as const) {
    const kernel = kernelWith(5, { ppoll });
    queueHook(kernel, { ...HOOK, timeout: 3 }, STREAMS, OPTIONS);
    assertEquals(names(kernel).filter((name) => /wait|poll|signal|pidfd/.test(name)), [
      "pidfd_open",
      "ppoll",
      ...(kills ? ["pidfd_send_signal"] : []),
      "waitid",
    ]);
  }
});

Deno.test("a kernel without pidfds waits without end", () => {
  const kernel = kernelWith(5, { pidfd_open: -38 });
  const { timedOut } = runInside(kernel, { ...HOOK, timeout: 3 }, STREAMS, OPTIONS);
  assertEquals(timedOut, false);
  assertEquals(names(kernel).includes("ppoll"), false);
});

Deno.test("the outcome is that of the child, or why there is none", () => {
  const ended = new RecordingKernel(({ name, args }) => {
    if (name === "waitid") {
      const info = args[2] as { view: DataView };
      info.view.setInt32(8, CLD_EXITED, true);
      info.view.setInt32(24, 3, true);
    }
    return name === "clone" ? 5 : undefined;
  });
  const { errno, code, status } = runInside(ended, HOOK, STREAMS, OPTIONS);
  assertEquals([errno, code, status], [0, CLD_EXITED, 3]);
  assertEquals(runInside(kernelWith(-11), HOOK, STREAMS, OPTIONS).errno, 11);
  const failed = new RecordingKernel(({ name, args }) => {
    if (name !== "read") return name === "clone" ? 5 : undefined;
    (args[1] as { view: DataView }).view.setBigInt64(0, -2n, true);
    return 8;
  });
  assertEquals(runInside(failed, HOOK, STREAMS, OPTIONS).errno, 2);
});
