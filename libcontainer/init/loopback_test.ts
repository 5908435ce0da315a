import { assertEquals, assertThrows } from "@std/assert";
import { EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { names, recordingKernel, testConfig } from "../../tests/support/rootfs_fixture.ts";
import { raiseLoopback } from "./loopback.ts";

const NEW = testConfig({ namespaces: [{ type: "network", flag: 0x40000000, at: "linux.namespaces[0]" }] });

Deno.test("lo is brought up in a new network namespace", () => {
  const kernel = recordingKernel();
  raiseLoopback(kernel, NEW);
  assertEquals(names(kernel), ["socket", "ioctl", "close"]);
  const request = kernel.operations[1]!.args[2] as Uint8Array;
  assertEquals([...request.subarray(0, 18)], [0x6c, 0x6f, ...new Array(14).fill(0), 1, 0]);
});

Deno.test("lo is left alone in a network namespace that is joined or the host's", () => {
  const kernel = recordingKernel();
  raiseLoopback(kernel, testConfig());
  raiseLoopback(kernel, testConfig({ namespaces: [{ ...NEW.namespaces[0]!, path: "/proc/1/ns/net" }] }));
  assertEquals(names(kernel), []);
});

Deno.test("a lo that does not come up ends the making", () => {
  const kernel = recordingKernel({ ioctl: -EPERM });
  raiseLoopback(kernel, NEW);
  assertEquals(assertThrows(() => kernel.flush(), KernelError).where.step, "network");
});
