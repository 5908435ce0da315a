import { assertEquals, assertThrows } from "@std/assert";
import { ECHILD, EINVAL, ESRCH } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { LocalKernel } from "../../ffi/local.ts";
import type { Operation } from "../../ffi/operation.ts";
import { Result } from "../../ffi/operation.ts";
import { openNative } from "../../ffi/native.ts";
import { Kernel } from "../../ffi/kernel.ts";
import { killAndReap, waitForExit } from "./wait.ts";

/** A kernel that answers at once, as the local one does. */
class Answering extends Kernel {
  readonly calls: string[] = [];

  constructor(readonly answers: Record<string, number>) {
    super();
  }

  protected override number(): number {
    return 0;
  }

  protected override submit({ name, args, accept, result, where }: Operation): Result {
    this.calls.push(name);
    result.raw = this.answers[name] ?? 0;
    if (result.raw < 0 && accept !== "any" && !accept.includes(-result.raw)) {
      throw new KernelError({ name, nr: 0, args, accept, where, result }, -result.raw, "as the test says");
    }
    return result;
  }

  override flush(): void {}

  override when(): void {}
}

Deno.test("one who is no child has no exit code; another failure is told", () => {
  assertEquals(waitForExit(new Answering({ waitid: -ECHILD }), 5), undefined);
  assertThrows(() => waitForExit(new Answering({ waitid: -EINVAL }), 5), KernelError, "waitid");
});

Deno.test("a child that is gone is reaped without complaint", () => {
  const kernel = new Answering({ pidfd_send_signal: -ESRCH, waitid: -ECHILD });
  killAndReap(kernel, 5);
  assertEquals(kernel.calls, ["pidfd_send_signal", "waitid"]);
});

Deno.test("a child is killed, and gone after", () => {
  const kernel = new LocalKernel(openNative());
  const child = new Deno.Command("sleep", { args: ["100"] }).spawn();
  child.status.catch(() => {});
  child.unref();
  const pidfd = kernel.pidfdOpen(child.pid, 0);
  killAndReap(kernel, pidfd.value);
  assertEquals(waitForExit(kernel, pidfd.value), undefined);
  kernel.close(pidfd);
});
