import { assertEquals } from "@std/assert";
import { keepLimits } from "./keep_limits.ts";
import type { CgroupManager } from "./manager.ts";

Deno.test("limits that were changed are put back, those that cannot be are told", () => {
  const dir = Deno.makeTempDirSync({ prefix: "runt-test-" });
  const write = (file: string, value: string) => Deno.writeTextFileSync(`${dir}/${file}`, value);
  try {
    write("memory.max", "max\n");
    write("pids.max", "7\n");
    write("cpu.weight", "100\n");
    const putBack = keepLimits({ mode: "unified", paths: { "": dir } } as unknown as CgroupManager);
    write("memory.max", "4096");
    assertEquals(putBack(), []);
    assertEquals(Deno.readTextFileSync(`${dir}/memory.max`), "max");
    assertEquals(Deno.readTextFileSync(`${dir}/pids.max`), "7\n", "what was not changed is not written");
    Deno.removeSync(`${dir}/cpu.weight`);
    assertEquals(putBack(), [`${dir}/cpu.weight`]);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
