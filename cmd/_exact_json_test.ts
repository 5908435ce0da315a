import { assertEquals } from "@std/assert";
import { exactJson } from "./_exact_json.ts";

Deno.test("large numbers keep their digits, what is undefined is left out", () => {
  const value = {
    a: 9223372036854771712n,
    b: [0n, 18446744073709551615n],
    c: undefined,
    d: "1",
    e: null,
    f: 0.5,
  };
  assertEquals(
    exactJson(value),
    '{"a":9223372036854771712,"b":[0,18446744073709551615],"d":"1","e":null,"f":0.5}',
  );
});
