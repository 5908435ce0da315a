import { assertEquals } from "@std/assert";
import { permits, type Request, type Status } from "./status.ts";

Deno.test("each status permits what runc permits, and nothing else", () => {
  const expected: Record<Status, Request[]> = {
    creating: [],
    created: ["start", "kill", "delete"],
    running: ["kill"],
    paused: ["kill"],
    stopped: ["delete"],
  };
  for (const [status, requests] of Object.entries(expected)) {
    for (const request of ["start", "kill", "delete"] as const) {
      assertEquals(permits(status as Status, request), requests.includes(request), `${status}: ${request}`);
    }
  }
});
