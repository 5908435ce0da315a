import { assertEquals } from "@std/assert";
import { RecordingKernel } from "../../ffi/recording.ts";
import { queueStartHooks } from "./start_hooks.ts";

const STREAMS = { state: 20, stdout: 21, stderr: 22, failure: 23 }, TABLE = 24;

/** What is written to standard error, and the exit code, when calls come to that. */
function told(script: Record<string, number>, hooks = [{ path: "/bin/a", timeout: 1 }]): unknown[] {
  const kernel = new RecordingKernel(({ name, args }) => {
    // The last step of working out the end: what is added is negative.
    if (name === "lseek" && Number(args[1]) < 0) return script.end ?? 0;
    return script[name];
  });
  queueStartHooks(kernel, hooks, STREAMS, TABLE, { env: ["A=1"] });
  return kernel.operations.filter(({ name, args }) =>
    name === "write" && args[0] === 2 || name === "exit_group"
  )
    .map(({ name, args }) => name === "exit_group" ? args[0] : textOf(args[1]));
}

function textOf(arg: unknown): string {
  return arg instanceof Uint8Array ? new TextDecoder().decode(arg) : "…";
}

Deno.test("hooks that go well say nothing, and let the program go on", () => {
  assertEquals(told({ clone: 5, ppoll: 1 }), []);
  assertEquals(told({ clone: 5, ppoll: 1 }, [{ path: "/a", timeout: 1 }, { path: "/b", timeout: 1 }]), []);
});

Deno.test("a hook that fails is told on standard error, and ends the container", () => {
  const running = "error running startContainer hook #0: ";
  const beginning = (script: Record<string, number>, count: number) => told(script).slice(0, count);
  assertEquals(beginning({ clone: 5, ppoll: 1, end: 3 }, 8), [
    ...[running, "…", ", stdout: ", "…", ", stderr: ", "…", "\n"],
    255,
  ]);
  assertEquals(beginning({ clone: 5, ppoll: 0 }, 3), [
    `${running}hook ran past specified timeout of 1.0s`,
    "\n",
    255,
  ]);
  assertEquals(beginning({ clone: -11 }, 4), [`${running}fork/exec /bin/a: `, "…", "\n", 255]);
  assertEquals(beginning({ clone: 5, ppoll: 1, read: 8 }, 4), [
    `${running}fork/exec /bin/a: `,
    "…",
    "\n",
    255,
  ]);
});

Deno.test("a hook without an environment gets the program's", () => {
  const kernel = new RecordingKernel();
  queueStartHooks(
    kernel,
    [{ path: "/a" }, { path: "/b", env: [] }, { path: "/c", env: ["C=1"] }] as never[],
    STREAMS,
    TABLE,
    { env: ["A=1"] },
  );
  const environments = kernel.operations.filter(({ name }) => name === "execve")
    .map(({ args }) =>
      (args[2] as unknown as { parts: { value: string }[] }).parts.map(({ value }) => value)
    );
  assertEquals(environments, [["A=1"], ["A=1"], ["C=1"]]);
});

Deno.test("a hook has the program's filter, and is not executed without", () => {
  for (const [seccomp, executed] of [[0, true], [-22, false]] as const) {
    const kernel = new RecordingKernel(({ name }) => name === "seccomp" ? seccomp : undefined);
    const program = { env: [], seccomp: { program: [6, 0x7fff0000], flags: 0 } };
    queueStartHooks(kernel, [{ path: "/a" }], STREAMS, TABLE, program as never);
    const calls = kernel.operations.map(({ name }) => name), filter = calls.indexOf("seccomp");
    assertEquals(calls[filter + 1], executed ? "execve" : "exit_group");
    if (!executed) assertEquals(kernel.operations[filter + 1]!.args, [126]);
  }
});
