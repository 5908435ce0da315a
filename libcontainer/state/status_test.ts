import { assertEquals } from "@std/assert";
import { permits, type Request, type Status } from "./status.ts";

Deno.test("each status permits what runc permits, and nothing else", () => {
  const expected: Record<Status, Request[]> = {
    creating: [],
    created: ["start", "kill", "delete", "pause", "update"],
    running: ["kill", "pause", "update"],
    paused: ["kill", "resume", "update"],
    stopped: ["delete"],
  };
  for (const [status, requests] of Object.entries(expected)) {
    for (const request of ["start", "kill", "delete", "pause", "resume", "update"] as const) {
      assertEquals(permits(status as Status, request), requests.includes(request), `${status}: ${request}`);
    }
  }
});
