import { assert, assertEquals } from "@std/assert";
import { REPOSITORY } from "../../tools/ensure_built.ts";
import { listFiles, SUITES } from "./suite.ts";

Deno.test("every test file belongs to one suite or the guest's", () => {
  const all = listFiles({ ...SUITES[0]!, except: [] }, REPOSITORY);
  const once = SUITES.filter(({ name }) => name !== "integration-self");
  for (const file of all.filter((file) => !file.startsWith("tests/guest/suite/"))) {
    assertEquals(once.filter((suite) => listFiles(suite, REPOSITORY).includes(file)).length, 1, file);
  }
  assert(all.length > 50);
});

Deno.test("a folder that is not there has no files", () => {
  assertEquals(listFiles({ ...SUITES[0]!, paths: ["no/such/folder"] }, REPOSITORY), []);
});
