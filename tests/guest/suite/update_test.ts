import { assertEquals, assertStringIncludes } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { CGROUP_ROOT, Container } from "./container.ts";
import { guest } from "./guest_needs.ts";

const MIB = 1024 * 1024;

/** A created container with limits, and how its cgroup's files are read. */
function limited(resources: Record<string, unknown>) {
  const container = new Container("sleep 100", ({ linux }) => {
    linux.cgroupsPath = "/runt-update/c";
    Object.assign(linux.resources, resources);
  });
  container.create();
  const read = (name: string) => Deno.readTextFileSync(`${CGROUP_ROOT}/runt-update/c/${name}`).trim();
  const update = (...args: string[]) => container.runtime.call(["update", ...args, container.id]);
  return { container, read, update };
}

testNeeding([guest], "update changes limits of v2, and leaves the others", () => {
  const { container, read, update } = limited({
    memory: { limit: 64 * MIB },
    cpu: { quota: 50_000, period: 100_000 },
    pids: { limit: 32 },
  });
  using _gone = container;
  assertEquals(update("--memory", "96M", "--memory-reservation", "16M").stderr, "");
  assertEquals([read("memory.max"), read("memory.low")], [`${96 * MIB}`, `${16 * MIB}`]);
  assertEquals(update("--cpu-quota", "20000").code, 0);
  assertEquals(read("cpu.max"), "20000 100000");
  assertEquals(update("--cpu-period", "50000").code, 0);
  assertEquals(read("cpu.max"), "20000 50000");
  assertEquals(update("--cpu-quota=-1").code, 0);
  assertEquals(read("cpu.max"), "max 50000");
  assertEquals(update("--cpu-share", "2", "--pids-limit", "-1").code, 0);
  assertEquals([read("cpu.weight"), read("pids.max")], ["1", "max"]);
  assertEquals(update("--memory", "-1").code, 0);
  assertEquals(read("memory.max"), "max");
});

testNeeding([guest], "of a change that is refused nothing stays, on v2 too", () => {
  const { container, read, update } = limited({ memory: { limit: 64 * MIB }, pids: { limit: 32 } });
  using _gone = container;
  const { code, stderr } = update("--memory", "96M", "--pids-limit", "7", "--cpu-quota", "5");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "cpu.max");
  assertEquals([read("memory.max"), read("pids.max")], [`${64 * MIB}`, "32"]);
});

testNeeding([guest], "update takes files of v2 by their names alone, as create does", () => {
  const { container, read, update } = limited({ pids: { limit: 32 } });
  using _gone = container;
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, '{"unified":{"./pids.max":"7"}}');
    const { code, stderr } = update("--resources", file);
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'unified resource \\"./pids.max\\" must be a file name (no slashes)');
    assertEquals(read("pids.max"), "32");
  } finally {
    Deno.removeSync(file);
  }
});
