import { assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

const LIMIT = 512 * 1024;

testNeeding([root], "a container starts with a memory limit of 512 KiB", () => {
  using bundle = makeBundle(({ process, linux }) => {
    process.args = ["/bin/true"];
    linux.resources.memory = { limit: LIMIT };
  });
  using runtime = new Runtime();
  for (let i = 0; i < 10; i++) {
    assertEquals(runtime.run(bundle.directory), { code: 0, stdout: "", stderr: "" });
  }
});
