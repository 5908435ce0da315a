/**
 * `SCMP_ACT_NOTIFY`: an agent gets the descriptor of a container's filter, and answers in the kernel's place.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { Out } from "../../ffi/kernel.ts";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime, waitUntil } from "../support/runtime.ts";

const NOTIF_RECV = 0xc0502100, NOTIF_SEND = 0xc0182101, ENOSPC = 28;

/** A container that makes a directory and writes down what came of it. */
function makingDirectories(
  path: string | undefined,
  noNewPrivileges: boolean,
  change: (config: Config) => void = () => {},
): Bundle {
  return makeBundle((config) => {
    config.process.args = ["sh", "-c", "mkdir /tmp/made 2> /tmp/out; echo done >> /tmp/out; sleep 100"];
    config.process.noNewPrivileges = noNewPrivileges;
    config.root.readonly = false;
    config.annotations = { a: "b" };
    config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      ...(path && { listenerPath: path, listenerMetadata: "some words" }),
      // sendto: what runt says to itself must not need an agent.
      syscalls: [{ names: ["mkdir", "mkdirat", "sendto"], action: "SCMP_ACT_NOTIFY" }],
    };
    change(config);
  });
}

/** Waits for a call, has it fail, and says by whom it was made. */
function refuse({ kernel }: DescriptorReceiver, fd: number): number {
  const call = new Out(80);
  kernel.ioctl(fd, NOTIF_RECV, call);
  const answer = new Uint8Array(24), view = new DataView(answer.buffer);
  view.setBigUint64(0, call.view.getBigUint64(0, true), true);
  view.setInt32(16, -ENOSPC, true);
  kernel.ioctl(fd, NOTIF_SEND, answer);
  return call.view.getUint32(8, true);
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

for (const noNewPrivileges of [true, false]) {
  const words = noNewPrivileges ? "with" : "without";
  testNeeding(
    [root],
    `an agent is sent the descriptor and the state, and decides, ${words} no_new_privs`,
    () => {
      const directory = Deno.makeTempDirSync({ prefix: "runt-agent-" });
      using receiver = new DescriptorReceiver(`${directory}/socket`);
      using bundle = makingDirectories(receiver.path, noNewPrivileges);
      using runtime = new Runtime();
      const id = runtime.newId();
      assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
      const { words, fds } = receiver.receive(), { pid } = runtime.state(id);
      assertEquals(fds.length, 1);
      assertEquals(JSON.parse(words), {
        ociVersion: "1.3.0",
        fds: ["seccompFd"],
        pid,
        metadata: "some words",
        state: {
          ociVersion: "1.3.0",
          id,
          status: "creating",
          pid,
          bundle: bundle.directory,
          annotations: { a: "b" },
        },
      });
      runtime.must(["start", id]);
      refuse(receiver, fds[0]!);
      const output = `${bundle.rootfs}/tmp/out`;
      waitUntil("the program has an answer", () => read(output).endsWith("done\n"));
      assertMatch(read(output), /No space left on device/);
      Deno.removeSync(directory, { recursive: true });
    },
  );
}

testNeeding([root], "a process that is executed later has a filter and a descriptor of its own", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-agent-" });
  using receiver = new DescriptorReceiver(`${directory}/socket`);
  using bundle = makingDirectories(receiver.path, true, ({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id).code, 0);
  receiver.receive().fds.forEach((fd) => receiver.kernel.close(fd));
  runtime.must(["start", id]);
  const script = "mkdir /tmp/made 2> /tmp/out; echo done >> /tmp/out";
  runtime.must(["exec", "-d", id, "sh", "-c", script], { stdout: "null", stderr: "null" });
  const { words, fds } = receiver.receive(), { pid, state } = JSON.parse(words);
  assertEquals([state.status, state.pid, pid !== state.pid], ["running", runtime.state(id).pid, true]);
  refuse(receiver, fds[0]!);
  waitUntil("it has an answer", () => read(`${bundle.rootfs}/tmp/out`).endsWith("done\n"));
  assertMatch(read(`${bundle.rootfs}/tmp/out`), /No space left on device/);
  Deno.removeSync(directory, { recursive: true });
});

testNeeding([root], "crun's annotation names the agent where the profile does not", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-agent-" });
  using receiver = new DescriptorReceiver(`${directory}/socket`);
  using bundle = makingDirectories(undefined, true, (config) => {
    config.annotations = { "run.oci.seccomp.receiver": receiver.path };
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
  const { fds } = receiver.receive();
  runtime.must(["start", id]);
  refuse(receiver, fds[0]!);
  waitUntil("the program has an answer", () => read(`${bundle.rootfs}/tmp/out`).endsWith("done\n"));
  Deno.removeSync(directory, { recursive: true });
});

testNeeding([root], "where no agent listens, there is no container", () => {
  using bundle = makingDirectories("/nonexistent/agent", true);
  using runtime = new Runtime();
  const id = runtime.newId();
  const { code, stderr } = runtime.create(bundle.directory, id);
  assertEquals(code, 1);
  assertMatch(stderr, /failed to connect with seccomp agent specified in the seccomp profile/);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});
