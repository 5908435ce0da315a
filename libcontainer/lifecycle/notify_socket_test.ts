import { assert, assertEquals, assertThrows } from "@std/assert";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { ServiceManager } from "../../tests/support/service_manager.ts";
import { RuntError } from "../error.ts";
import { type Logger, silentLogger } from "../log.ts";
import { connectUnixSocket } from "../process/unix_socket.ts";
import { NotifySocket } from "./notify_socket.ts";

const SOCK_DGRAM = 2;

interface Place {
  readonly directory: string;
  readonly kernel: LocalKernel;
  readonly notify: NotifySocket;
  /** Says something as the container does. */
  say(text: string): void;
}

async function inPlace(body: (place: Place) => void | Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" }), kernel = new LocalKernel(openNative());
  const notify = new NotifySocket(`${directory}/host`, directory);
  try {
    notify.makeDirectory(kernel);
    notify.bind(kernel);
    const say = (text: string) => {
      const socket = connectUnixSocket(kernel, `${directory}/notify/notify.sock`, SOCK_DGRAM);
      kernel.write(socket, text);
      kernel.close(socket);
    };
    await body({ directory, kernel, notify, say });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** A process that lives, and how to end it. */
function withProcess(kernel: LocalKernel, body: (pidfd: number, end: () => void) => void): void {
  const child = new Deno.Command("sleep", { args: ["100"] }).spawn();
  const pidfd = kernel.pidfdOpen(child.pid, 0).value;
  try {
    body(pidfd, () => child.kill("SIGKILL"));
  } finally {
    child.kill("SIGKILL");
    kernel.close(pidfd);
  }
}

Deno.test({
  name: "only that it is ready is passed on, wherever in a message it stands",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inPlace(async ({ directory, kernel, notify, say }) => {
      using manager = new ServiceManager(`${directory}/host`);
      const warnings: string[] = [];
      const log: Logger = { ...silentLogger, warn: (text) => warnings.push(text) };
      say("MAINPID=1");
      say("STATUS=almost\nREADY=1\nERRNO=2");
      withProcess(kernel, (pidfd) => notify.forward(kernel, { pidfd, mainPid: 42, log, barrier: 20 }));
      assertEquals(await manager.receive(), "READY=1\n");
      assertEquals(await manager.receive(), "MAINPID=42\n");
      assertEquals(await manager.receive(), "BARRIER=1 with 1 descriptor");
      // Nobody read it in time.
      assertEquals(warnings, ["Timeout after waiting 30s for barrier. Ignored."]);
      assertThrows(() => say("READY=1"), Error, "connection refused");
    }),
});

Deno.test({
  name: "a process that ends ends the waiting, but what it said before is heard",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inPlace(async ({ directory, kernel, notify, say }) => {
      using manager = new ServiceManager(`${directory}/host`);
      withProcess(kernel, (pidfd, end) => {
        let idle = 0;
        notify.forward(kernel, {
          pidfd,
          mainPid: 1,
          log: silentLogger,
          barrier: 1,
          idle: () => {
            if (++idle !== 2) return;
            say("READY=last");
            end();
          },
        });
        assertEquals(idle, 2);
      });
      assertEquals(await manager.receive(), "READY=last\n");
    }),
});

Deno.test({
  name: "one who talks without end does not keep the end of the container from being seen",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inPlace(({ directory, kernel, notify, say }) => {
      using _manager = new ServiceManager(`${directory}/host`);
      const received = kernel.call.bind(kernel);
      let words = 0;
      kernel.call = (name, ...rest) => {
        if (name === "recvfrom" && words++ < 50_000) say("STATUS=more");
        return received(name, ...rest);
      };
      withProcess(kernel, (pidfd, end) => {
        end();
        notify.forward(kernel, { pidfd, mainPid: 1, log: silentLogger, idle: () => {} });
      });
      assert(words < 50_000, "all was listened to");
    }),
});

Deno.test("a service manager that is not there is told of in Go's words", async () => {
  await inPlace(({ directory, kernel, notify }) => {
    const forward = () => notify.forward(kernel, { pidfd: 0, mainPid: 1, log: silentLogger });
    const { message } = assertThrows(forward, RuntError);
    assertEquals(message, `dial unixgram ${directory}/host: connect: no such file or directory`);
  });
});

Deno.test("a spec gets the mount last and the variable last", () => {
  const notify = new NotifySocket("/host", "/run/runt/c");
  const spec = notify.addTo({
    ociVersion: "1.0.0",
    process: { cwd: "/", user: { uid: 0, gid: 0 }, env: ["A=1"] },
    mounts: [{ destination: "/proc" }],
  });
  assertEquals(spec.process?.env, ["A=1", "NOTIFY_SOCKET=/run/notify/notify.sock"]);
  assertEquals(spec.mounts?.[1], {
    destination: "/run/notify",
    source: "/run/runt/c/notify",
    options: ["bind", "nosuid", "noexec", "nodev", "ro"],
  });
});
