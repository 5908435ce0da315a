import { assertEquals } from "@std/assert";
import { findingsOf } from "../../tests/support/checked_spec.ts";
import { checkHooks } from "./hooks.ts";

function findings(hooks: unknown): string[] {
  return findingsOf(checkHooks, { hooks }).map((line) => line.replace("hooks.", ""));
}

Deno.test("checkHooks() wants absolute paths and time to run", () => {
  const hook = { path: "bin/x", env: ["A"], timeout: 0 };
  assertEquals(findings({ poststart: [{ path: "/bin/true" }, hook] }), [
    "poststart[1].path: must be an absolute path",
    "poststart[1].timeout: must be greater than 0, not 0",
    "poststart[1].env[0]: must be NAME=value",
  ]);
});
