import { assert, assertEquals, assertThrows } from "@std/assert";
import { CLONE_NEWNET, CLONE_NEWUSER, CLONE_NEWUTS } from "../../ffi/constants/clone.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { testConfig } from "../../tests/support/rootfs_fixture.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { type ContainerProcess, makeContainerProcess } from "./container_process.ts";
import { killAndReap } from "./wait.ts";

const IS_ROOT = Deno.uid() === 0;
const USER = { type: "user", flag: CLONE_NEWUSER, at: "linux.namespaces[0]" };
const MAPPINGS = [{ containerID: 0, hostID: 100_000, size: 10 }];
const noCgroup = { openForClone: () => undefined, queueJoin: () => {} } as unknown as CgroupManager;

/** Makes a process, shows it, and ends all that were made. */
function withProcess(part: Partial<Config>, body: (made: ContainerProcess, pidfds: number[]) => void): void {
  const native = openNative(), local = new LocalKernel(native), pidfds: number[] = [];
  try {
    const made = makeContainerProcess(native, local, testConfig(part), noCgroup, {
      firstFreeFd: 3,
      fifoDirectory: undefined,
      executable: undefined,
      onSpawn: (pidfd) => pidfds.push(pidfd),
    });
    made.kernel.flush();
    body(made, pidfds);
    local.close(made.kernel.control);
  } finally {
    for (const pidfd of pidfds) {
      killAndReap(local, pidfd);
      local.close(pidfd);
    }
  }
}

function status(pid: number, field: string): string {
  const line = Deno.readTextFileSync(`/proc/${pid}/status`).split("\n").find((line) =>
    line.startsWith(`${field}:`)
  );
  return line!.slice(field.length + 1).trim();
}

function descriptors(pid: number): number[] {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => Number(name)).sort((a, b) => a - b);
}

Deno.test({
  name: "the process has the streams and its socket, no signal ignored or blocked, and a session",
  ignore: !IS_ROOT, // it is not traceable, so others than root cannot look
  fn: () => {
    withProcess(
      { namespaces: [{ type: "uts", flag: CLONE_NEWUTS, at: "linux.namespaces[0]" }] },
      (made, pidfds) => {
        assertEquals(descriptors(made.pid), [0, 1, 2, made.control]);
        // Signals over 31 are left as they are, as runc leaves them: a host may ignore 32, which is the C library's own.
        const ignored = BigInt(`0x${status(made.pid, "SigIgn")}`) & 0x7fffffffn;
        assertEquals([ignored, status(made.pid, "SigBlk")], [0n, "0".repeat(16)]);
        const stat = Deno.readTextFileSync(`/proc/${made.pid}/stat`);
        assertEquals(stat.slice(stat.lastIndexOf(")")).split(" ")[4], String(made.pid));
        assert(Deno.readLinkSync(`/proc/${made.pid}/ns/uts`) !== Deno.readLinkSync("/proc/self/ns/uts"));
        assertEquals(pidfds, [made.pidfd]);
      },
    );
  },
});

Deno.test({
  name: "with a user namespace there are two, of which the second goes on with nothing of the first's",
  ignore: !IS_ROOT,
  fn: () => {
    withProcess({ namespaces: [USER], uidMappings: MAPPINGS, gidMappings: MAPPINGS }, (made, pidfds) => {
      assertEquals(pidfds.length, 2);
      assertEquals(descriptors(made.pid), [0, 1, 2, made.control]);
      assertEquals(status(made.pid, "Uid").split("\t"), new Array(4).fill("100000"));
      assertEquals(status(made.pid, "PPid"), String(Deno.pid));
      // Not traceable: what is in /proc belongs to the host's root, not to the namespace's.
      assertEquals(Deno.statSync(`/proc/${made.pid}/environ`).uid, 0);
    });
  },
});

Deno.test({
  name: "beside a user namespace, one that belongs to the host is joined",
  ignore: !IS_ROOT,
  fn: () => {
    const path = "/proc/self/ns/net", network = { type: "network", flag: CLONE_NEWNET, path, at: "network" };
    withProcess({ namespaces: [USER, network], uidMappings: MAPPINGS, gidMappings: MAPPINGS }, ({ pid }) => {
      assertEquals(Deno.readLinkSync(`/proc/${pid}/ns/net`), Deno.readLinkSync(path));
      assert(Deno.readLinkSync(`/proc/${pid}/ns/user`) !== Deno.readLinkSync("/proc/self/ns/user"));
    });
  },
});

Deno.test({
  name: "an id map that the kernel refuses is told with its place, and leaves no process",
  ignore: !IS_ROOT,
  fn: () => {
    const twice = [...MAPPINGS, ...MAPPINGS];
    const error = assertThrows(
      () => withProcess({ namespaces: [USER], uidMappings: twice, gidMappings: twice }, () => {}),
      RuntError,
    );
    assertEquals(error.path, "linux.uidMappings");
  },
});

Deno.test("a namespace that cannot be joined is told with its place", () => {
  const path = "/nonexistent/net";
  const namespaces = [{ type: "network", flag: 0x40000000, path, at: "linux.namespaces[2]" }];
  const error = assertThrows(() => withProcess({ namespaces }, () => {}), KernelError, path);
  assertEquals(error.where.path, "linux.namespaces[2].path");
});
