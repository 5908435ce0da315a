/**
 * Scheduling, CPUs, personality, memory policy and time of what is executed in a container. runc has these since 1.2 to
 * 1.4, so an older one cannot be compared with.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Config } from "../support/bundle.ts";
import { type Lack, root, testNeeding } from "../support/needs.ts";
import { type RunningContainer, startContainer } from "../support/running_container.ts";
import { RUNT } from "../support/runtime.ts";

const isRunc: Lack = () => /runc/.test(RUNT) ? "needs runt, or a newer runc" : undefined;
const cpus: Lack = () => navigator.hardwareConcurrency > 1 ? undefined : "needs two CPUs";
const NEEDS = [root, isRunc];

/** Nice value and policy (proc_pid_stat(5)). */
const STAT = "awk '{ print $19, $41 }' /proc/self/stat";
const CPUS = "awk '/Cpus_allowed_list/ { print $2 }' /proc/self/status";

function look(running: RunningContainer, script: string, ...flags: readonly string[]): string {
  const { code, stdout, stderr } = running.exec(...flags, "ID", "sh", "-c", script);
  assertEquals(code, 0, stderr);
  return stdout.trim();
}

/** A file for `--process`, and what comes of it. */
function lookWith(running: RunningContainer, script: string, process: Config) {
  const file = Deno.makeTempFileSync({ prefix: "runt-process-" });
  try {
    const all = {
      cwd: "/",
      user: { uid: 0, gid: 0 },
      env: ["PATH=/bin"],
      args: ["sh", "-c", script],
      ...process,
    };
    Deno.writeTextFileSync(file, JSON.stringify(all));
    const { code, stdout, stderr } = running.exec("--process", file, "ID");
    return { code, stdout: stdout.trim(), stderr };
  } finally {
    Deno.removeSync(file);
  }
}

testNeeding(NEEDS, "exec has the container's scheduler and I/O priority, or its own", () => {
  using running = startContainer(({ process }) => {
    process.scheduler = { policy: "SCHED_BATCH", nice: 3 };
    process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 6 };
  });
  const script = `${STAT}; busybox ionice -p $$`;
  assertEquals(look(running, script), "3 3\nbest-effort: prio 6");
  const own = {
    scheduler: { policy: "SCHED_OTHER", nice: 5 },
    ioPriority: { class: "IOPRIO_CLASS_IDLE", priority: 0 },
  };
  const { stdout } = lookWith(running, script, own);
  assertEquals(stdout.split("\n")[0], "5 0");
  assertStringIncludes(stdout, "idle");
});

testNeeding(NEEDS, "exec of a process with a bad scheduler is refused in runc's words", () => {
  using running = startContainer();
  const { code, stderr } = lookWith(running, "true", { scheduler: { policy: "SCHED_OTHER", nice: 20 } });
  assertEquals(code, 255);
  assertStringIncludes(stderr, "invalid scheduler.nice: 20 when scheduler.policy is SCHED_OTHER");
  const refused = lookWith(running, "true", { scheduler: { policy: "SCHED_ISO" } });
  assertEquals(refused.code, 255);
  assertStringIncludes(refused.stderr, "error setting scheduler: invalid argument");
});

testNeeding(
  [...NEEDS, cpus],
  "exec has the CPUs of execCPUAffinity, the container's first process has all",
  () => {
    using running = startContainer(({ process }) => process.execCPUAffinity = { initial: "0", final: "1" });
    const all = /Cpus_allowed_list:\s*(.*)/.exec(Deno.readTextFileSync("/proc/1/status"))?.[1];
    assertEquals(look(running, CPUS.replace("self", "1")), all);
    assertEquals(look(running, CPUS), "1");
    assertEquals(lookWith(running, CPUS, { execCPUAffinity: { initial: "0" } }).stdout, "0");
    assertEquals(lookWith(running, CPUS, { execCPUAffinity: { final: "0" } }).stdout, "0");
  },
);

testNeeding([...NEEDS, cpus], "exec into a cpuset with CPUs that it does not have is an error", () => {
  using running = startContainer(({ process, linux }) => {
    linux.resources.cpu = { cpus: "0", mems: "0" };
    process.execCPUAffinity = { initial: "0-1", final: "1" };
  });
  const { code, stderr } = running.exec("ID", "true");
  assertEquals(code, 255);
  assertStringIncludes(stderr, "error setting final CPU affinity: invalid argument");
});

testNeeding(NEEDS, "exec has the container's personality, memory policy and time", () => {
  using running = startContainer(({ linux }) => {
    linux.personality = { domain: "LINUX32" };
    linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0" };
    linux.namespaces.push({ type: "time" });
    linux.timeOffsets = { boottime: { secs: 1_000_000_000 } };
  });
  const script = "cat /proc/self/personality; awk '{ print $2; exit }' /proc/self/numa_maps; " +
    "readlink /proc/self/ns/time; cut -c1-2 /proc/uptime";
  const time = look(running, "readlink /proc/1/ns/time");
  assertEquals(look(running, script), `00000008\nbind:0\n${time}\n10`);
});
