import { assertRejects, assertStringIncludes } from "@std/assert";
import { BuildError } from "../denort/build_error.ts";
import { compileScript } from "./compile.ts";

const FAILING = { deno: "/bin/false", script: "/tmp/none.js", output: "/tmp/none" };

Deno.test("a stock build that cannot download says what to do instead", async () => {
  const error = await assertRejects(() => compileScript({ ...FAILING, denort: undefined }), BuildError);
  assertStringIncludes(error.message, "dl.deno.land");
  assertStringIncludes(error.message, "build without --stock");
});

Deno.test("a failure of deno compile is named as such", async () => {
  const error = await assertRejects(() => compileScript({ ...FAILING, denort: "/x" }), BuildError);
  assertStringIncludes(error.message, "Cannot compile /tmp/none.js: deno compile failed");
});
