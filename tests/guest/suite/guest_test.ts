import { assert, assertEquals, assertFalse } from "@std/assert";
import { exists } from "./container.ts";
import { guestCase, listControllers, PID1 } from "./guest_case.ts";

guestCase("the guest has cgroup v2 and nothing of v1", {}, () => {
  const mounts = Deno.readTextFileSync("/proc/mounts").split("\n").filter((line) =>
    /^\S+ \S+ cgroup/.test(line)
  );
  assertEquals(mounts.length, 1, mounts.join("\n"));
  assert(mounts[0]?.startsWith("cgroup2 /sys/fs/cgroup cgroup2 "), mounts[0]);
  for (const controller of ["cpu", "memory", "pids"]) {
    assert(listControllers().includes(controller), controller);
  }
});

guestCase("PID 1 is what the guest is named for", {}, () => {
  assertEquals(Deno.readTextFileSync("/proc/1/comm") === "systemd\n", PID1 === "systemd");
  assertEquals(exists("/run/systemd/system"), PID1 === "systemd");
});

guestCase("the host's files are read-only in the guest", {}, () => {
  let written = true;
  try {
    Deno.writeTextFileSync("/repo/written-by-guest", "");
  } catch {
    written = false;
  }
  assertFalse(written);
});
