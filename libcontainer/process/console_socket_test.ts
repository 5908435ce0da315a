import { assertEquals, assertThrows } from "@std/assert";
import { DescriptorReceiver } from "../../tests/support/descriptor_receiver.ts";
import { RuntError } from "../error.ts";
import { ConsoleSocket } from "./console_socket.ts";

Deno.test({
  name: "the master is sent under the name that runc gives it, and closed here",
  ignore: Deno.build.arch !== "x86_64",
  fn: () => {
    const directory = Deno.makeTempDirSync({ prefix: "runt-console-" });
    try {
      using receiver = new DescriptorReceiver(`${directory}/socket`);
      const { kernel } = receiver, file = kernel.dup(0).value;
      using socket = new ConsoleSocket(kernel, "socket", directory);
      socket.take(file);
      const { words, fds } = receiver.receive();
      assertEquals([words, fds.length], ["/dev/ptmx", 1]);
      kernel.close(fds[0]!);
      assertThrows(
        () => new ConsoleSocket(kernel, "other", directory),
        RuntError,
        "dial unix other: connect: no such",
      );
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
