import { assertEquals, assertThrows } from "@std/assert";
import { ENOMEM, ENOSYS, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { names, recordingKernel, testConfig } from "../../tests/support/rootfs_fixture.ts";
import { joinKeyring, startSession } from "./session.ts";

Deno.test("a session of its own is made, or nothing", () => {
  const kernel = recordingKernel({ setsid: -EPERM });
  startSession(kernel);
  assertEquals(kernel.lines(), ["setsid()"]);
  assertThrows(() => kernel.flush(), KernelError);
});

Deno.test("a keyring named after the container is joined, and its user may search it", () => {
  const kernel = recordingKernel({ 'keyctl(1, "_ses.c"': 77 });
  joinKeyring(kernel, testConfig({ newKeyring: true }));
  kernel.flush();
  assertEquals(kernel.lines(), ['keyctl(1, "_ses.c", 0, 0)', "keyctl(5, 77, 0x3f1b0000, 0)"]);
});

Deno.test("no keyring is joined where none is wanted, and none where the kernel knows none", () => {
  const kernel = recordingKernel();
  joinKeyring(kernel, testConfig({ newKeyring: false }));
  assertEquals(names(kernel), []);
  const without = recordingKernel({ keyctl: -ENOSYS });
  joinKeyring(without, testConfig({ newKeyring: true }));
  without.flush();
  assertEquals(names(without), ["keyctl"]);
});

Deno.test("a keyring that there is no room for ends the making", () => {
  const kernel = recordingKernel({ keyctl: -ENOMEM });
  joinKeyring(kernel, testConfig({ newKeyring: true }));
  assertEquals(assertThrows(() => kernel.flush(), KernelError).where.step, "keyring");
});
