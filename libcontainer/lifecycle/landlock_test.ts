import { assertEquals } from "@std/assert";
import { ENOSYS, EOPNOTSUPP, EPERM } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { landlockVersion } from "./landlock.ts";

Deno.test("landlockVersion() asks the kernel, and takes every refusal for having none", () => {
  const kernel = new RecordingKernel(() => 7);
  assertEquals(landlockVersion(kernel), 7);
  assertEquals(kernel.lines(), ["landlock_create_ruleset(0, 0, 1)"]);
  for (const errno of [ENOSYS, EOPNOTSUPP, EPERM]) {
    assertEquals(landlockVersion(new RecordingKernel(() => -errno)), 0);
  }
});
