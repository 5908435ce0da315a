import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { joinResctrlGroup } from "./resctrl_join.ts";

Deno.test("joinResctrlGroup() writes the pid where there is a group", () => {
  const dir = Deno.makeTempDirSync({ prefix: "runt-resctrl-" });
  try {
    joinResctrlGroup(undefined, 5);
    joinResctrlGroup(`${dir}/gone`, 5);
    const error = assertThrows(() => joinResctrlGroup(dir, 5), RuntError);
    assertEquals(error.message, "error adding pid 5 to Intel RDT");
    Deno.writeTextFileSync(`${dir}/tasks`, "");
    joinResctrlGroup(dir, 5);
    assertEquals(Deno.readTextFileSync(`${dir}/tasks`), "5");
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
