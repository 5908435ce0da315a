import { assertEquals, assertThrows } from "@std/assert";
import { EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { recordingKernel, testConfig } from "../../tests/support/rootfs_fixture.ts";
import { setNames } from "./host_names.ts";

Deno.test("names are set where they are given, their length in bytes", () => {
  const kernel = recordingKernel();
  setNames(kernel, testConfig());
  assertEquals(kernel.lines(), []);
  setNames(kernel, testConfig({ hostname: "höst", domainname: "d" }));
  assertEquals(kernel.lines(), ['sethostname("höst", 5)', 'setdomainname("d", 1)']);
});

Deno.test("a name that is refused is told with its place", () => {
  for (const [call, path] of [["sethostname", "hostname"], ["setdomainname", "domainname"]] as const) {
    const kernel = recordingKernel({ [call]: -EPERM });
    setNames(kernel, testConfig({ hostname: "h", domainname: "d" }));
    assertEquals(assertThrows(() => kernel.flush(), KernelError).where.path, path);
  }
});
