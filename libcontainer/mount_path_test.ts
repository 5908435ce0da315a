import { assertEquals } from "@std/assert";
import { plainMountPath } from "./mount_path.ts";

Deno.test("plainMountPath() undoes what mountinfo does to space, tab, newline and backslash", () => {
  assertEquals(plainMountPath("/a\\040b\\011c\\012d\\134040/e"), "/a b\tc\nd\\040/e");
  assertEquals(plainMountPath("/plain"), "/plain");
});
