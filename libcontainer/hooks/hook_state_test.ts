import { assertEquals } from "@std/assert";
import { hookState } from "./hook_state.ts";

Deno.test("a hook's state has runc's keys in runc's order, and no pid when there is no process", () => {
  const subject = { id: "c", bundle: "/b", annotations: { a: "1" } };
  assertEquals(
    JSON.stringify(hookState(subject, "creating", 7)),
    '{"ociVersion":"1.3.0","id":"c","status":"creating","pid":7,"bundle":"/b","annotations":{"a":"1"}}',
  );
  assertEquals(
    JSON.stringify(hookState({ ...subject, annotations: {} }, "stopped")),
    '{"ociVersion":"1.3.0","id":"c","status":"stopped","bundle":"/b"}',
  );
});
