import { assertEquals } from "@std/assert";
import { readRemains } from "./salvage.ts";

function remainsOf(text: string | undefined) {
  const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    if (text !== undefined) Deno.writeTextFileSync(`${directory}/state.json`, text);
    return readRemains(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const NOTHING = { pid: 0, startTime: 0, cgroupPaths: {} };

Deno.test("what is left of damaged facts is found, whatever is behind it", () => {
  const text =
    `{"id":"c","init_process_pid":42,"init_process_start":7,"cgroup_paths":{"cpu":"/sys/fs/cgroup/cpu/c"},"x`;
  assertEquals(remainsOf(text), { pid: 42, startTime: 7, cgroupPaths: { cpu: "/sys/fs/cgroup/cpu/c" } });
  assertEquals(remainsOf(text.replace('"}', "")), { pid: 42, startTime: 7, cgroupPaths: {} });
  assertEquals(remainsOf(text.slice(0, 30)), NOTHING, "a number that may be cut short is none");
});

Deno.test("no file, an empty one and one of something else have nothing", () => {
  for (const text of [undefined, "", "[]", "null", "\0".repeat(100)]) assertEquals(remainsOf(text), NOTHING);
});

Deno.test("a path that is no container's cgroup spoils all", () => {
  for (
    const path of ["/", "/etc", "/sys/fs/cgroup", "/sys/fs/cgroup/../../../etc", "/sys/fs/cgroup/a/../..", ""]
  ) {
    const text = `{"cgroup_paths":{"memory":"/sys/fs/cgroup/memory/c","cpu":${JSON.stringify(path)}}}`;
    assertEquals(remainsOf(text).cgroupPaths, {}, path);
  }
});

Deno.test("mounts among the host's are found, if what is written of them is whole", () => {
  const base = { id: 61, unique: 1061, file: "8:1:5" }, top = { id: 60, unique: 0, file: "8:1:5" };
  const hostMounts = { path: "/b/rootfs", namespace: "mnt:[1]", boot: "b", base, top };
  const text = JSON.stringify({ runt: { hostMounts } });
  assertEquals(remainsOf(text), { ...NOTHING, hostMounts });
  assertEquals(remainsOf(text.slice(0, -1)), { ...NOTHING, hostMounts });
  assertEquals(remainsOf(text.slice(0, -4)), NOTHING);
  assertEquals(remainsOf(text.replace("/b/", "b/")), NOTHING);
  assertEquals(remainsOf(text.replace('"top"', '"tip"')), NOTHING);
});
