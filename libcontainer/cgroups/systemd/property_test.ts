import { assertEquals } from "@std/assert";
import { describeProperties, INFINITY, number64, property } from "./property.ts";

Deno.test("number64() makes infinity of -1", () => {
  assertEquals(number64("A", -1)[1].value, INFINITY);
  assertEquals(number64("A", 5), ["A", { signature: "t", value: 5n }]);
});

Deno.test("describeProperties() writes them as runc's messages have them", () => {
  const properties = [
    property("Slice", "s", "a.slice"),
    property("Delegate", "b", true),
    property("PIDs", "au", [7]),
    property("AllowedCPUs", "ay", new Uint8Array([3])),
    number64("MemoryMax", 5),
  ];
  assertEquals(
    describeProperties(properties),
    '[{Name:Slice Value:"a.slice"} {Name:Delegate Value:true} {Name:PIDs Value:@au [7]} ' +
      "{Name:AllowedCPUs Value:@ay [3]} {Name:MemoryMax Value:@t 5}]",
  );
});
