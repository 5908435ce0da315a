import { assertEquals, assertThrows } from "@std/assert";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { DescriptorReceiver } from "../../tests/support/descriptor_receiver.ts";
import { RuntError } from "../error.ts";
import { PidfdSocket } from "./pidfd_socket.ts";

function withSocket(body: (path: string, kernel: LocalKernel) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    body(`${directory}/socket`, new LocalKernel(openNative()));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("a pidfd is sent with runc's word for the kind of process", () => {
  withSocket((path, kernel) => {
    using receiver = new DescriptorReceiver(path);
    for (const kind of ["standard", "setns"] as const) {
      const socket = new PidfdSocket(path), pidfd = kernel.pidfdOpen(Deno.pid, 0);
      socket.connect(kernel);
      socket.send(kernel, kind, pidfd);
      kernel.close(pidfd);
      const { words, fds } = receiver.receive();
      assertEquals([words, fds.length], [kind, 1]);
      kernel.close(fds[0]!);
    }
  });
});

Deno.test("who has hung up is told of in runc's words", () => {
  withSocket((path, kernel) => {
    const receiver = new DescriptorReceiver(path), socket = new PidfdSocket(path);
    socket.connect(kernel);
    receiver[Symbol.dispose]();
    const gone = assertThrows(() => socket.send(kernel, "standard", 0), RuntError);
    assertEquals(gone.message, "failed to setup pidfd: failed to send pidfd on socket: sendmsg: broken pipe");
    const refused = assertThrows(() => socket.connect(kernel), RuntError);
    assertEquals(refused.message, `failed to dail ${path}`);
    assertEquals((refused.cause as Error).message, `dial unix ${path}: connect: connection refused`);
  });
});

Deno.test("nothing is sent where nothing was connected", () => {
  const kernel = new LocalKernel(openNative());
  assertThrows(() => new PidfdSocket("/x").send(kernel, "standard", 0), RuntError, "not connected");
});
