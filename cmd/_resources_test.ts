import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { resourcesOf } from "./_resources.ts";

Deno.test("flags become resources; what is not given, or empty, is absent", () => {
  assertEquals(resourcesOf({}), {});
  assertEquals(resourcesOf({ memory: "", "cpuset-cpus": "", "blkio-weight": 0, resources: "x" }), {});
  assertEquals(
    resourcesOf({
      memory: "64m",
      "memory-swap": "-1",
      "cpu-share": "512",
      "cpu-quota": "-1",
      "cpu-idle": "1",
      "cpuset-mems": "0",
      "pids-limit": 0,
      "blkio-weight": 10,
    }),
    {
      memory: { limit: 67108864, swap: -1 },
      cpu: { shares: 512, quota: -1, idle: 1, mems: "0" },
      pids: { limit: 0 },
      blockIO: { weight: 10 },
    },
  );
  assertEquals(resourcesOf({ "cpu-period": "18446744073709551615" }).cpu?.period, 18446744073709551615n);
});

Deno.test("a value that is none is told in runc's words", () => {
  const wrong = [
    [{ "cpu-share": "abc" }, 'invalid value for cpu-share: strconv.ParseUint: parsing "abc": invalid syntax'],
    [{ "cpu-period": "-1" }, 'invalid value for cpu-period: strconv.ParseUint: parsing "-1": invalid syntax'],
    [{ "cpu-quota": "99999999999999999999" }, 'parsing "99999999999999999999": value out of range'],
    [{ memory: "1x" }, "invalid value for memory: invalid size: '1x'"],
    [{ "memory-swap": "-2" }, "invalid value for memory-swap: invalid size: '-2'"],
  ] as const;
  for (const [flags, text] of wrong) assertThrows(() => resourcesOf(flags), RuntError, text);
});
