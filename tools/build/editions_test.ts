import { assertEquals } from "@std/assert";
import { joinEditions } from "./editions.ts";

Deno.test("editions lie one behind the other, each place counted from the script's start", () => {
  const sliced = (script: string, main: number, ends: number[]) => ({
    script,
    main,
    ends,
    sizes: [["main", script.length - main]] as const,
  });
  const joined = joinEditions([["-", sliced("cold\nmain\n", 5, [4, 9])], ["run", sliced("MAIN\n", 0, [4])]]);
  assertEquals(joined.script, "cold\nmain\nMAIN\n");
  assertEquals(joined.main, 5);
  assertEquals(joined.ends, [4, 9, 14]);
  assertEquals(joined.places, [{ command: "-", base: 0, main: 5 }, { command: "run", base: 10, main: 10 }]);
  assertEquals(joined.sizes, [["-", 5], ["run", 5]]);
});
