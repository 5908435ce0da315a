import { assertEquals } from "@std/assert";
import type { Setting } from "../cgroup_file.ts";
import { netCls, netPrio } from "./network.ts";

function text(settings: readonly Setting[]): string[] {
  return settings.map(({ file, value }) => `${file}=${value}`);
}

Deno.test("network: class and priorities", () => {
  const network = {
    classID: 0x100001,
    priorities: [{ name: "lo", priority: 5 }, { name: "eth0", priority: 0 }],
  };
  assertEquals(text(netCls(network)), ["net_cls.classid=1048577"]);
  assertEquals(text(netPrio(network)), ["net_prio.ifpriomap=lo 5", "net_prio.ifpriomap=eth0 0"]);
  assertEquals([netCls({ classID: 0 }), netPrio({})], [[], []]);
});
