/**
 * `NOTIFY_SOCKET`: what the service manager hears, when, and what the container has of it; as under runc.
 */
import { assert, assertEquals } from "@std/assert";
import { type Bundle, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { compileNotify } from "../support/notify_program.ts";
import { RUNT, Runtime } from "../support/runtime.ts";
import { ServiceManager } from "../support/service_manager.ts";

const NEEDS = [root, program("gcc")], RUNTIMES = [RUNT, "runc"] as const;

function makeNotifyBundle(script: string): Bundle {
  const bundle = makeBundle((config) => {
    config.process.args = ["sh", "-c", script];
    config.root.readonly = false;
  });
  compileNotify(`${bundle.rootfs}/bin/notify`);
  return bundle;
}

interface Running {
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
  readonly ended: () => boolean;
}

/** Runs a command of a runtime beside the test, its output in a file. */
function begin(runtime: Runtime, args: readonly string[], env: Record<string, string>): Running {
  const script = 'out=$1; shift; exec "$@" > "$out" 2>&1 < /dev/null';
  const command = [runtime.program, "--root", runtime.root, ...args];
  const child = new Deno.Command("sh", {
    args: ["-c", script, "sh", `${runtime.root}/.output`, ...command],
    env,
  }).spawn();
  let ended = false;
  const status = child.status.then((status) => {
    ended = true;
    return status;
  });
  return { pid: child.pid, status, ended: () => ended };
}

function eachRuntime(name: string, body: (runtime: Runtime) => Promise<void>): void {
  for (const executable of RUNTIMES) {
    testNeeding([...NEEDS, program(executable)], `${name} (${executable.split("/").at(-1)})`, async () => {
      using runtime = new Runtime(executable);
      await body(runtime);
    });
  }
}

async function expectBarrier(runtime: Runtime, manager: ServiceManager): Promise<void> {
  // runc has it since 1.2.
  if (/^runc version 1\.[01]\./.test(runtime.call(["--version"]).stdout)) return;
  assertEquals(await manager.receive(), "BARRIER=1 with 1 descriptor");
}

const WHEN_TOLD = "while ! [ -e /tmp/go ]; do usleep 20000; done; ";
const WAIT = "; exec sleep 100";

eachRuntime("start returns when the program is ready, and the init is watched", async (runtime) => {
  using bundle = makeNotifyBundle(WHEN_TOLD + "notify STATUS=a READY=1 STATUS=b" + WAIT);
  using manager = new ServiceManager(`${bundle.directory}/host.sock`);
  const id = runtime.newId(), env = { NOTIFY_SOCKET: manager.path };
  const created = begin(runtime, ["create", "-b", bundle.directory, id], env);
  assertEquals((await created.status).code, 0);
  const { pid } = runtime.state(id);
  const start = begin(runtime, ["start", id], env);
  assertEquals(await manager.receive(0.5), undefined);
  assert(!start.ended());
  assertEquals(runtime.state(id).status, "running");
  Deno.writeTextFileSync(`${bundle.rootfs}/tmp/go`, "");
  assertEquals(await manager.receive(), "READY=1\n");
  assertEquals(await manager.receive(), `MAINPID=${pid}\n`);
  await expectBarrier(runtime, manager);
  assertEquals((await start.status).code, 0);
  assertEquals(await manager.receive(0.3), undefined);
});

eachRuntime("run --detach returns when the program is ready", async (runtime) => {
  using bundle = makeNotifyBundle("notify X=1 READY=1%STATUS=x" + WAIT);
  using manager = new ServiceManager(`${bundle.directory}/host.sock`);
  const id = runtime.newId();
  const run = begin(runtime, ["run", "-d", "-b", bundle.directory, id], { NOTIFY_SOCKET: manager.path });
  assertEquals(await manager.receive(), "READY=1\n");
  const { pid } = runtime.state(id);
  assertEquals(await manager.receive(), `MAINPID=${pid}\n`);
  await expectBarrier(runtime, manager);
  assertEquals((await run.status).code, 0);
});

eachRuntime("in the foreground it is the runtime that is watched", async (runtime) => {
  using bundle = makeNotifyBundle("notify READY=1; exit 7");
  using manager = new ServiceManager(`${bundle.directory}/host.sock`);
  const id = runtime.newId();
  const run = begin(runtime, ["run", "-b", bundle.directory, id], { NOTIFY_SOCKET: manager.path });
  assertEquals(await manager.receive(), "READY=1\n");
  assertEquals(await manager.receive(), `MAINPID=${run.pid}\n`);
  await expectBarrier(runtime, manager);
  assertEquals((await run.status).code, 7);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

eachRuntime("a program that ends without a word keeps start and run --detach no longer", async (runtime) => {
  using bundle = makeNotifyBundle("exit 3");
  using manager = new ServiceManager(`${bundle.directory}/host.sock`);
  const id = runtime.newId(), env = { NOTIFY_SOCKET: manager.path };
  await begin(runtime, ["create", "-b", bundle.directory, id], env).status;
  assertEquals((await begin(runtime, ["start", id], env).status).code, 0);
  assertEquals(await manager.receive(0.2), undefined);
  runtime.must(["delete", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

eachRuntime("the container has the socket, and may not change it", async (runtime) => {
  const look = "env | grep NOTIFY; grep ' /run/notify ' /proc/self/mountinfo | cut -d' ' -f5,6; " +
    "stat -c '%n %F %a %u' /run/notify /run/notify/*; rm /run/notify/notify.sock; touch /run/notify/x";
  using bundle = makeNotifyBundle(`(${look}) > /tmp/look 2>&1; notify READY=1`);
  using manager = new ServiceManager(`${bundle.directory}/host.sock`);
  const run = begin(runtime, ["run", "-b", bundle.directory, runtime.newId()], {
    NOTIFY_SOCKET: manager.path,
  });
  assertEquals(await manager.receive(), "READY=1\n");
  assertEquals(await manager.receive(), `MAINPID=${run.pid}\n`);
  await expectBarrier(runtime, manager);
  await run.status;
  assertEquals(Deno.readTextFileSync(`${bundle.rootfs}/tmp/look`).trim().split("\n"), [
    "NOTIFY_SOCKET=/run/notify/notify.sock",
    "/run/notify ro,nosuid,nodev,noexec,relatime",
    "/run/notify directory 755 0",
    "/run/notify/notify.sock socket 777 0",
    "rm: can't remove '/run/notify/notify.sock': Read-only file system",
    "touch: /run/notify/x: Read-only file system",
  ]);
});
