import { assert, assertEquals, assertThrows } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { run } from "../../support/runtime.ts";
import { readCgroup } from "./container.ts";
import { guest, PID1, systemd } from "./guest_needs.ts";

testNeeding([guest], "the guest has cgroup v2 and nothing of v1", () => {
  const mounts = Deno.readTextFileSync("/proc/mounts").split("\n").filter((line) =>
    /^\S+ \S+ cgroup/.test(line)
  );
  assertEquals(mounts.length, 1, mounts.join("\n"));
  assert(mounts[0]?.startsWith("cgroup2 /sys/fs/cgroup cgroup2 "), mounts[0]);
  const controllers = Deno.readTextFileSync("/sys/fs/cgroup/cgroup.controllers").trim().split(" ");
  for (const controller of ["cpu", "memory", "pids"]) assert(controllers.includes(controller), controller);
});

testNeeding([guest], "PID 1 is what the guest is named for", () => {
  assertEquals(Deno.readTextFileSync("/proc/1/comm") === "systemd\n", PID1 === "systemd");
});

testNeeding([guest], "the host's files are read-only in the guest", () => {
  assertThrows(() => Deno.writeTextFileSync("/repo/written-by-guest", ""));
});

testNeeding(
  [guest, systemd],
  "systemd has the tests in their service's cgroup, and no unit has failed",
  () => {
    assertEquals(readCgroup("self"), "/system.slice/guest.service");
    assertEquals(run("systemctl", ["--failed", "--no-legend", "--plain"]).stdout, "");
  },
);
