import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { selectProcesses } from "./_process_table.ts";

Deno.test("the head and the container's processes stay, as ps has written them", () => {
  const table = "  UID   PID CMD\n    0     1 init 7\n    0     7 sh\n  100    71 ps\n\n";
  assertEquals(selectProcesses(table, [7, 71]), "  UID   PID CMD\n    0     7 sh\n  100    71 ps\n");
  assertEquals(selectProcesses(table, []), "  UID   PID CMD\n");
});

Deno.test("a table without ids, or with something else for one, is refused in runc's words", () => {
  assertThrows(
    () => selectProcesses("COMMAND\nsh\n", [7]),
    RuntError,
    "couldn't find PID field in ps output",
  );
  assertThrows(
    () => selectProcesses("PID CMD\nx sh\n", [7]),
    RuntError,
    'unable to parse pid: strconv.Atoi: parsing "x"',
  );
});
