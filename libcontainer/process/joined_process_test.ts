import { assert, assertEquals, assertThrows } from "@std/assert";
import { KernelError } from "../../ffi/kernel_error.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { testConfig } from "../../tests/support/rootfs_fixture.ts";
import { CgroupJoin } from "../cgroups/cgroup_join.ts";
import { type ContainerProcess } from "./container_process.ts";
import { makeJoinedProcess } from "./joined_process.ts";
import { killAndReap, waitForExit } from "./wait.ts";

const IS_ROOT = Deno.uid() === 0;
const NAMES = ["cgroup", "ipc", "mnt", "net", "pid_for_children", "time", "user", "uts"];

/** Starts a process in namespaces of its own, and joins it. */
function withJoined(
  flags: readonly string[],
  body: (joined: ContainerProcess, init: number, made: number[]) => void,
  paths: Readonly<Record<string, string>> = {},
): void {
  const native = openNative(), local = new LocalKernel(native), made: number[] = [];
  const child = new Deno.Command("unshare", { args: [...flags, "sleep", "100"], stdin: "null" }).spawn();
  child.unref();
  try {
    const before = Deno.readLinkSync("/proc/self/ns/uts");
    while (Deno.readLinkSync(`/proc/${child.pid}/ns/uts`) === before);
    const init = local.pidfdOpen(child.pid, 0).value;
    const joined = makeJoinedProcess(
      native,
      local,
      testConfig({}),
      new CgroupJoin({ paths, exact: false, rootless: false, initCgroup: () => undefined }),
      { firstFreeFd: 3, init, rootless: false, onSpawn: (pidfd) => made.push(pidfd) },
    );
    joined.kernel.flush();
    body(joined, child.pid, made);
    local.close(joined.kernel.control);
    local.close(init);
  } finally {
    for (const pidfd of made) {
      killAndReap(local, pidfd);
      local.close(pidfd);
    }
    child.kill("SIGKILL");
  }
}

function link(pid: number, name: string): string {
  return Deno.readLinkSync(`/proc/${pid}/ns/${name}`);
}

for (const user of [false, true]) {
  Deno.test({
    name: `the process is in all namespaces of the init${user ? ", as root of its user namespace" : ""}`,
    ignore: !IS_ROOT,
    sanitizeResources: false,
    fn: () => {
      const flags = ["--mount", "--uts", "--ipc", "--net", "--cgroup", ...(user ? ["--user", "-r"] : [])];
      withJoined(flags, ({ pid }, init) => {
        for (const name of NAMES) assertEquals(link(pid, name), link(init, name), name);
        const status = Deno.readTextFileSync(`/proc/${pid}/status`);
        assertEquals(/^Uid:\t(\d+)/m.exec(status)?.[1], "0");
        // Of the real-time signals the caller may ignore some.
        assertEquals(parseInt(/^SigIgn:\t(\w+)/m.exec(status)![1]!.slice(-8), 16) & 0x7fffffff, 0);
      });
    },
  });
}

Deno.test({
  name: "it has the streams and its socket, a session of its own, and cannot be traced",
  ignore: !IS_ROOT,
  sanitizeResources: false,
  fn: () => {
    withJoined(["--uts"], ({ pid, control }) => {
      const fds = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => Number(name)).sort((a, b) =>
        a - b
      );
      assertEquals(fds, [0, 1, 2, control]);
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`),
        fields = stat.slice(stat.lastIndexOf(")")).split(" ");
      assertEquals(fields[4], String(pid)); // session
      assertEquals(Deno.readLinkSync(`/proc/${pid}/cwd`), "/");
    });
  },
});

Deno.test({
  name: "the first process ends when the second is there",
  ignore: !IS_ROOT,
  sanitizeResources: false,
  fn: () => {
    withJoined(["--uts"], (_, _init, made) => {
      assertEquals(made.length, 2);
      const code = waitForExit(new LocalKernel(openNative()), made[0]!);
      assert(code !== undefined);
    });
  },
});

Deno.test({
  name: "a cgroup that is not there is told, with its file",
  ignore: !IS_ROOT,
  sanitizeResources: false,
  fn: () => {
    const error = assertThrows(
      () => withJoined(["--uts"], () => {}, { cpu: "/no/such/cgroup" }),
      KernelError,
    );
    assertEquals([error.where.step, error.where.what], ["cgroup", "/no/such/cgroup/tasks"]);
  },
});
