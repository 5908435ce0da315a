import { assertEquals, assertThrows } from "@std/assert";
import { EACCES, EBUSY } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { CgroupJoin, type CgroupJoinOptions } from "./cgroup_join.ts";

const HYBRID = {
  cpu: "/cpu/x",
  cpuacct: "/cpu/x",
  memory: "/memory/x",
  "name=systemd": "/systemd/x",
  "": "/v2/x",
};

function joinOf(part: Partial<CgroupJoinOptions>): CgroupJoin {
  return new CgroupJoin({
    paths: HYBRID,
    exact: false,
    rootless: false,
    initCgroup: () => "/v2/other",
    ...part,
  });
}

/** What is asked of a kernel that answers so. */
function linesOf(join: CgroupJoin, answer: (what: string) => number | undefined = () => undefined): string[] {
  const kernel = new RecordingKernel(({ name, args }) => answer(`${name} ${args[1]}`));
  const proceed = join.openFiles(kernel);
  const opened = kernel.operations.length;
  proceed();
  kernel.flush();
  return [...kernel.lines().slice(0, opened), "-", ...kernel.lines().slice(opened)]
    .map((line) => line.replace(/^openat\(-100, "(.*?)".*/, "$1").replace(/\((\d+).*/, " $1"));
}

Deno.test("the files are opened first and written to later, one of each hierarchy", () => {
  const join = joinOf({});
  join.cloned = true;
  assertEquals(linesOf(join), [
    ...["/cpu/x/tasks", "/memory/x/tasks", "/systemd/x/tasks", "-"],
    ...["write 100", "close 100", "write 101", "close 101", "write 102", "close 102"],
  ]);
});

Deno.test("the v2 hierarchy is joined where the process was not cloned into it", () => {
  assertEquals(linesOf(joinOf({ paths: { "": "/v2/x" } })), [
    ...["/v2/x/cgroup.procs", "-", "write 100", "close 100"],
  ]);
});

Deno.test("a hierarchy that only keeps track of processes may refuse, another one not", () => {
  const refusing = (dir: string) => (what: string) => what.includes(dir) ? -EACCES : undefined;
  assertEquals(linesOf(joinOf({}), refusing("systemd")).filter((line) => line.startsWith("write")).length, 3);
  assertThrows(() => linesOf(joinOf({}), refusing("memory")), KernelError, "memory");
  assertThrows(() => linesOf(joinOf({ exact: true }), refusing("systemd")), KernelError, "systemd");
  assertEquals(
    linesOf(joinOf({ rootless: true }), refusing("/")).filter((line) => line.startsWith("write")),
    [],
  );
});

Deno.test("a write that is refused is told", () => {
  const answer = (what: string) => what.startsWith("write") ? -EBUSY : undefined;
  const error = assertThrows(() => linesOf(joinOf({}), answer), KernelError);
  assertEquals([error.where.step, error.where.what], ["cgroup", "/cpu/x/tasks"]);
});

Deno.test("a process is cloned into v2's cgroup, or into that of the init where nobody has named one", () => {
  const unified = { "": "/v2/x" };
  assertEquals([...joinOf({ paths: unified }).directories()], ["/v2/x", "/v2/other"]);
  assertEquals([...joinOf({ paths: unified, exact: true }).directories()], ["/v2/x"]);
  assertEquals([...joinOf({ paths: unified, initCgroup: () => "/v2/x" }).directories()], ["/v2/x"]);
  assertEquals([...joinOf({ paths: unified, initCgroup: () => undefined }).directories()], ["/v2/x"]);
  // Of a hybrid host the v2 hierarchy limits nothing.
  assertEquals([...joinOf({}).directories()], ["/v2/x"]);
  assertEquals([...joinOf({ paths: { cpu: "/cpu/x" } }).directories()], []);
});
