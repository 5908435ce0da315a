import { assertEquals, assertThrows } from "@std/assert";
import { F_GETFL } from "../../ffi/constants/fcntl.ts";
import { O_NONBLOCK } from "../../ffi/constants/open.ts";
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from "../../ffi/constants/socket.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { RuntError } from "../error.ts";
import { bindUnixSocket, connectUnixSocket } from "./unix_socket.ts";

Deno.test("who listens but takes no more connections is not waited for", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" }), path = `${directory}/socket`;
  const kernel = new LocalKernel(openNative()), opened: number[] = [];
  try {
    const listener = kernel.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0).value;
    opened.push(listener);
    bindUnixSocket(kernel, listener, path);
    kernel.call("listen", [listener, 0]);
    opened.push(connectUnixSocket(kernel, path));
    const { message } = assertThrows(() => connectUnixSocket(kernel, path), RuntError);
    // Go's text.
    assertEquals(message, `dial unix ${path}: connect: resource temporarily unavailable`);
    // What is sent may have to wait.
    assertEquals(kernel.fcntl(opened[1]!, F_GETFL, 0).value & O_NONBLOCK, 0);
  } finally {
    for (const fd of opened) kernel.close(fd);
    Deno.removeSync(directory, { recursive: true });
  }
});
