import { assertEquals, assertThrows } from "@std/assert";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import type { Operation } from "../../ffi/operation.ts";
import { Result } from "../../ffi/operation.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import { RuntError } from "../error.ts";
import { setRlimits } from "./rlimits.ts";

/** A local kernel that notes limits, and refuses them with an errno when told. */
class Noting extends LocalKernel {
  readonly limits: [resource: number, soft: bigint, hard: bigint][] = [];

  constructor(readonly errno = 0) {
    super(openNative());
  }

  protected override submit(operation: Operation): Result {
    const [, resource, limits] = operation.args as [number, number, Uint8Array];
    const words = new BigUint64Array(limits.slice().buffer);
    this.limits.push([resource, words[0]!, words[1]!]);
    if (this.errno) throw new KernelError(operation, this.errno, "as the test says");
    operation.result.raw = 0;
    return operation.result;
  }
}

const NOFILE = 7, CORE = 4, UNLIMITED = 0xffffffffffffffffn;
const { process } = processConfig({
  rlimits: [{ resource: CORE, soft: "0", hard: UNLIMITED.toString(), at: "process.rlimits[0]" }],
});

Deno.test("limits are set in all their 64 bits, and the caller's RLIMIT_NOFILE kept", () => {
  const kernel = new Noting();
  setRlimits(kernel, 42, process, { soft: 1024n, hard: 4096n });
  assertEquals(kernel.limits, [[NOFILE, 1024n, 4096n], [CORE, 0n, UNLIMITED]]);
  const unknown = new Noting();
  setRlimits(unknown, 42, process, undefined);
  assertEquals(unknown.limits.length, 1);
});

Deno.test("a RLIMIT_NOFILE in the config is the one that holds", () => {
  const kernel = new Noting();
  const own = { resource: NOFILE, soft: "10", hard: "20", at: "process.rlimits[0]" };
  setRlimits(kernel, 42, { ...process, rlimits: [own] }, { soft: 1024n, hard: 4096n });
  assertEquals(kernel.limits, [[NOFILE, 10n, 20n]]);
});

Deno.test("a limit that may not be raised is told with its place", () => {
  const error = assertThrows(() => setRlimits(new Noting(EPERM), 42, process, undefined), RuntError);
  assertEquals([error.path, error.message.startsWith("error setting rlimits")], ["process.rlimits[0]", true]);
  assertThrows(() => setRlimits(new Noting(EINVAL), 42, process, undefined), KernelError);
});
