/**
 * `exec` on a kernel that fails one call after the other with an errno that a kernel may have: it goes on where that
 * does no harm, or ends in words; it never hangs, no process stays, in the container or outside, and no pid file. With
 * a terminal, sockets and all else that takes steps of its own, beside the plain one of `interrupted_exec_test.ts`.
 *
 * In this process, without the start of an executable for each. RUNT_THOROUGH=1 tries every errno for every call.
 *
 * Seen to fail without the defence: leave `killAndReap()` out of `libcontainer/lifecycle/exec.ts`, or what
 * `openChild()` of `ffi/spawn.ts` does when it fails.
 */
import { assert, assertEquals } from "@std/assert";
import { KernelError } from "../../ffi/kernel_error.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { RuntError } from "../../libcontainer/error.ts";
import { execInContainer, type ExecOptions } from "../../libcontainer/lifecycle/exec.ts";
import type { Config } from "../support/bundle.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { children } from "../support/children.ts";
import { ERRNOS, FaultingKernel } from "../support/faulting_kernel.ts";
import { exists } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { usualOptions } from "../support/runtime_options.ts";
import { startContainer } from "../support/running_container.ts";
import { waitUntil } from "../support/runtime.ts";

const THOROUGH = Deno.env.get("RUNT_THOROUGH") !== undefined;
/** What one exec may take on a slow machine. */
const MOST_MS = 20_000;

function inUserNamespace({ linux }: Config): void {
  linux.namespaces.push({ type: "user" }, { type: "time" });
  linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65536 }];
  const syscalls = [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }];
  linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls };
}

const PLAIN: ExecOptions = {
  process: { args: ["true"], env: [], terminal: false, additionalGids: [], noNewPrivileges: false, caps: [] },
  detach: true,
  preserveFds: 0,
  cgroups: [],
  ignorePaused: false,
};

/** An exec with all that there is. */
function everything(directory: string): ExecOptions {
  return {
    ...PLAIN,
    process: {
      args: ["true"],
      env: [`LONG=${"x".repeat(100_000)}`],
      cwd: "/tmp",
      terminal: true,
      user: "1000:1000",
      additionalGids: [5, 6],
      noNewPrivileges: true,
      caps: ["CAP_NET_ADMIN"],
    },
    consoleSocket: `${directory}/console`,
    pidfdSocket: `${directory}/pidfd`,
    pidFile: `${directory}/pid`,
    cgroups: ["/"],
  };
}

/** Descriptors of processes and of sockets to them: a command that fails leaves them to its end, this process goes on. */
function handles(): Set<number> {
  return new Set([...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      return /^socket:|pidfd|memfd/.test(Deno.readLinkSync(`/proc/self/fd/${name}`)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  }));
}

function assertWellTold(told: unknown, what: string): void {
  assert(told instanceof RuntError || told instanceof KernelError, `${what}: ${(told as Error).stack}`);
  let text = "";
  for (let error: unknown = told; error instanceof Error; error = error.cause) text += `${error.message}: `;
  assert(!/undefined|NaN|\[object |Cannot read prop/.test(text), `${what}: ${text}`);
  assert(!(told instanceof RuntError && told.code === "internal"), `${what}: ${text}`);
}

/** Fails the n-th call of an exec; what it was, undefined when there are not so many. */
async function failCall(exec: () => Promise<unknown>, nth: number, errno: string) {
  using faults = new FaultingKernel(nth, errno);
  let told: unknown;
  try {
    await exec();
  } catch (error) {
    told = error;
  }
  return { failed: faults.failed, told };
}

for (const [name, change] of [["container", () => {}], ["user namespace", inUserNamespace]] as const) {
  testNeeding([root], `exec in a ${name} leaves nothing, whichever call fails, and says why`, async () => {
    using running = startContainer(change);
    const { directory } = running, kernel = new LocalKernel(openNative());
    const runtime = usualOptions(running.runtime.root);
    for (const [kind, options] of Object.entries({ PLAIN, everything: everything(directory) })) {
      for (let nth = 0, last = false; !last; nth++) {
        for (const errno of THOROUGH ? ERRNOS : [ERRNOS[nth * 7 % ERRNOS.length]!]) {
          const start = performance.now();
          using _console = new DescriptorReceiver(`${directory}/console`);
          using _pidfd = new DescriptorReceiver(`${directory}/pidfd`);
          const before = handles();
          const exec = () => execInContainer(runtime, running.id, options);
          const { failed, told } = await failCall(exec, nth, errno);
          const what = `${kind}: ${errno} for call ${nth}, ${failed}`;
          last ||= failed === undefined;
          if (told !== undefined) {
            assert(failed, `nothing was wrong, ${what}: ${told}, ${(told as Error).cause}`);
            assertWellTold(told, what);
            assert(!exists(`${directory}/pid`), `a pid file is left, ${what}`);
          }
          for (const name of ["console", "pidfd", "pid"]) {
            if (exists(`${directory}/${name}`)) Deno.removeSync(`${directory}/${name}`);
          }
          waitUntil(`no process is left, ${what}`, () => children(kernel).length === 0);
          // Not before: a process ends when nobody holds its socket.
          for (const fd of handles().difference(before)) kernel.close(fd);
          assert(performance.now() - start < MOST_MS, what);
        }
        assert(nth < 1000);
      }
    }
    assertEquals(running.runtime.must(["ps", "--format", "json", running.id]).stdout, `[${running.pid}]\n`);
    assertEquals(running.exec("ID", "echo", "well").stdout, "well\n");
  });
}
