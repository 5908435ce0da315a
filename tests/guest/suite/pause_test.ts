import { assertEquals, assertStringIncludes } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { waitUntil } from "../../support/runtime.ts";
import { CGROUP_ROOT, cgroupExists, Container, resolveCgroup } from "./container.ts";
import { guest } from "./guest_needs.ts";

const PATH = "/runt-pause/c";

function started(script: string, shared = false): Container {
  const container = new Container(script, ({ linux }) => {
    linux.cgroupsPath = PATH;
    if (shared) {
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
    }
  });
  container.start();
  return container;
}

function pids(): string[] {
  return Deno.readTextFileSync(`${CGROUP_ROOT}${resolveCgroup(PATH)}/cgroup.procs`).split("\n").filter(
    Boolean,
  );
}

testNeeding([guest], "pause freezes a cgroup of v2 and waits for it; resume thaws it", () => {
  using container = started("while :; do :; done");
  const { runtime, id } = container;
  const frozen = () =>
    /^frozen (\d)$/m.exec(Deno.readTextFileSync(`${CGROUP_ROOT}${PATH}/cgroup.events`))![1];
  runtime.must(["pause", id]);
  assertEquals([frozen(), runtime.state(id).status], ["1", "paused"]);
  assertStringIncludes(runtime.call(["pause", id]).stderr, "container not running");
  assertStringIncludes(runtime.call(["delete", id]).stderr, "that is not stopped: paused");
  runtime.must(["resume", id]);
  assertEquals(runtime.state(id).status, "running");
  waitUntil("it is thawed", () => frozen() === "0");
  assertStringIncludes(runtime.call(["resume", id]).stderr, "container not paused");
});

testNeeding([guest], "SIGKILL ends a paused container of v2, and delete removes it", () => {
  using container = started("sleep 100");
  const { runtime, id } = container;
  runtime.must(["pause", id]);
  runtime.must(["kill", id, "KILL"]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  runtime.must(["delete", id]);
  assertEquals(cgroupExists(PATH), false);
});

testNeeding([guest], "SIGKILL of a container that shares its pid namespace ends all of its cgroup", () => {
  using container = started("sleep 97 & sleep 98 & mkdir /sys/fs/cgroup/x 2>/dev/null; exec sleep 99", true);
  const { runtime, id } = container;
  waitUntil("three run", () => pids().length === 3);
  runtime.must(["pause", id]);
  runtime.must(["kill", id, "KILL"]);
  waitUntil("all are gone", () => pids().length === 0);
  runtime.must(["delete", id]);
  assertEquals(cgroupExists(PATH), false);
});
