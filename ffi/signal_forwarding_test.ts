import { assertEquals } from "@std/assert";
import { O_CLOEXEC, O_NONBLOCK } from "./constants/open.ts";
import { POLLIN } from "./constants/poll.ts";
import { SIGWINCH } from "./constants/signal.ts";
import { EAGAIN } from "./errno.ts";
import { Out } from "./kernel.ts";
import { LocalKernel } from "./local.ts";
import { openNative } from "./native.ts";
import { noticeSignals } from "./signal_forwarding.ts";
import { encodePollfds } from "./structs/pollfd.ts";

Deno.test({
  name: "a signal leaves a byte in the pipe, until nobody wants to know",
  ignore: Deno.build.arch !== "x86_64",
  fn: () => {
    const native = openNative(), kernel = new LocalKernel(native), pipe = new Out(8);
    kernel.call("pipe2", [pipe, O_NONBLOCK | O_CLOEXEC]);
    const reader = pipe.view.getInt32(0, true), writer = pipe.view.getInt32(4, true);
    const came = () => kernel.read(reader, new Out(16), { accept: [EAGAIN] }).value;
    const notices = noticeSignals(native, kernel, writer, [SIGWINCH]);
    const pid = kernel.call("getpid", []).value;
    kernel.kill(pid, SIGWINCH);
    // Any thread may take it.
    kernel.poll(encodePollfds([{ fd: reader, events: POLLIN }]), 1, 5000);
    assertEquals(came(), 1);
    assertEquals(came(), -EAGAIN);
    notices[Symbol.dispose]();
    kernel.kill(pid, SIGWINCH);
    assertEquals(came(), -EAGAIN);
    kernel.close(reader);
    kernel.close(writer);
  },
});
