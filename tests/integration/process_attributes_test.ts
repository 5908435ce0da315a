/**
 * Scheduling, I/O priority, personality and memory policy, as the container sees them. runc has these since 1.2 to 1.4,
 * so an older one cannot be compared with.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { type Lack, program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";

/** Runs a script in a container. */
function look(script: string, change: (config: Config) => void): string {
  const { code, stdout, stderr } = outcome(script, change);
  assertEquals(code, 0, stderr);
  return stdout.trim();
}

function outcome(script: string, change: (config: Config) => void) {
  using bundle = makeBundle((config) => {
    config.process.args = ["sh", "-c", script];
    change(config);
  });
  using runtime = new Runtime();
  return runtime.run(bundle.directory);
}

/** Nice value, realtime priority and policy of the container's first process (proc_pid_stat(5)). */
const STAT = "awk '{ print $19, $40, $41 }' /proc/1/stat";

const isRunc: Lack = () => /runc/.test(RUNT) ? "needs runt, or a newer runc" : undefined;
const NEEDS = [root, isRunc];

const numa: Lack = () => {
  try {
    Deno.statSync("/proc/self/numa_maps");
    return undefined;
  } catch {
    return "needs a kernel with memory policies";
  }
};

for (
  const [policy, more, expected] of [
    ["SCHED_OTHER", { nice: 7 }, "7 0 0"],
    ["SCHED_OTHER", { nice: -5 }, "-5 0 0"],
    ["SCHED_BATCH", { nice: 3 }, "3 0 3"],
    ["SCHED_IDLE", {}, "0 0 5"],
  ] as const
) {
  testNeeding(NEEDS, `the scheduler is ${policy} ${JSON.stringify(more)}`, () => {
    assertEquals(look(STAT, (config) => config.process.scheduler = { policy, ...more }), expected);
  });
}

/** Gives the container's cgroup a budget of realtime, where the kernel has such budgets. */
function allowRealtime({ linux }: Config): void {
  try {
    Deno.statSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us");
  } catch {
    return;
  }
  linux.resources.cpu = { realtimePeriod: 1_000_000, realtimeRuntime: 10_000 };
}

const realtime: Lack = () => {
  const tried = run("chrt", ["-f", "1", "true"]);
  return tried.code === 0 ? undefined : "needs realtime scheduling";
};

for (const [policy, number] of [["SCHED_FIFO", 1], ["SCHED_RR", 2]] as const) {
  testNeeding([...NEEDS, program("chrt"), realtime], `the scheduler is ${policy}`, () => {
    const change = (config: Config) => {
      allowRealtime(config);
      config.process.scheduler = { policy, priority: 10 };
    };
    assertEquals(look(STAT, change), `0 10 ${number}`);
  });
}

testNeeding([...NEEDS, program("chrt"), realtime], "a reset on fork keeps children from the policy", () => {
  const change = (config: Config) => {
    allowRealtime(config);
    config.process.scheduler = { policy: "SCHED_RR", priority: 10, flags: ["SCHED_FLAG_RESET_ON_FORK"] };
  };
  assertEquals(look("awk '{ print $40, $41 }' /proc/1/stat /proc/self/stat; true", change), "10 2\n0 0");
});

testNeeding(
  [...NEEDS, program("chrt"), realtime],
  "the scheduler is SCHED_DEADLINE, with its three numbers",
  () => {
    const change = (config: Config) => {
      const runtime = 10_000_000, deadline = 20_000_000, period = 50_000_000;
      // A process with a deadline may have no children, unless they are reset (sched(7)).
      const flags = ["SCHED_FLAG_RESET_ON_FORK"];
      config.process.scheduler = { policy: "SCHED_DEADLINE", runtime, deadline, period, flags };
    };
    assertEquals(look(STAT, change).split(" ")[2], "6");
  },
);

testNeeding(NEEDS, "a scheduler that the kernel refuses is told in runc's words, and nothing stays", () => {
  const { code, stderr } = outcome("true", ({ process }) => process.scheduler = { policy: "SCHED_ISO" });
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "error during container init: process.scheduler: error setting scheduler: invalid argument",
  );
});

for (
  const [name, text] of [["BE", "best-effort: prio 6"], ["RT", "realtime: prio 6"], ["IDLE", "idle"]] as const
) {
  testNeeding(NEEDS, `the I/O class is ${name}`, () => {
    const change = (config: Config) => {
      config.process.ioPriority = { class: `IOPRIO_CLASS_${name}`, priority: 6 };
    };
    assertStringIncludes(look("busybox ionice -p 1", change), text);
  });
}

testNeeding(NEEDS, "the personality is that of a 32-bit kernel, or the usual one", () => {
  const as = (domain: string) => (config: Config) => config.linux.personality = { domain };
  const script = "cat /proc/self/personality; uname -m";
  const machine = run("uname", ["-m"]).stdout.trim();
  assertEquals(look(script, as("LINUX32")), `00000008\n${machine === "x86_64" ? "i686" : "armv8l"}`);
  assertEquals(look(script, as("LINUX")), `00000000\n${machine}`);
});

testNeeding(NEEDS, "flags of the personality are ignored with a warning", () => {
  const { code, stderr } = outcome(
    "true",
    ({ linux }) => linux.personality = { domain: "LINUX", flags: ["f"] },
  );
  assertEquals(code, 0);
  assertStringIncludes(stderr, "ignoring unsupported personality flags: [f]");
});

testNeeding([...NEEDS, numa], "the memory policy is the container's", () => {
  const as = (policy: Record<string, unknown>) => (config: Config) => config.linux.memoryPolicy = policy;
  const script = "awk '{ print $2; exit }' /proc/self/numa_maps";
  assertEquals(look(script, as({ mode: "MPOL_BIND", nodes: "0" })), "bind:0");
  assertEquals(look(script, as({ mode: "MPOL_INTERLEAVE", nodes: "0" })), "interleave:0");
  const flags = ["MPOL_F_STATIC_NODES"];
  assertEquals(look(script, as({ mode: "MPOL_BIND", nodes: "0", flags })), "bind=static:0");
  assertEquals(look(script, as({ mode: "MPOL_PREFERRED" })), "local");
  assertEquals(look(script, as({ mode: "MPOL_DEFAULT" })), "default");
});

testNeeding([...NEEDS, numa], "a memory policy that the kernel refuses is told in runc's words", () => {
  const change = (config: Config) => config.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "63" };
  const { code, stderr } = outcome("true", change);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "error during container init: linux.memoryPolicy: set_mempolicy: invalid argument",
  );
});

testNeeding(
  [...NEEDS, program("taskset")],
  "the container may use all CPUs, whatever runt's caller was bound to",
  () => {
    using bundle = makeBundle((config) => {
      config.process.args = ["grep", "Cpus_allowed_list", "/proc/self/status"];
      config.process.execCPUAffinity = { initial: "0", final: "0" };
    });
    using runtime = new Runtime();
    const args = ["-c", "0", RUNT, "--root", runtime.root, "run", "-b", bundle.directory, runtime.newId()];
    const { stdout } = run("taskset", args);
    const all = /Cpus_allowed_list:\s*(.*)/.exec(Deno.readTextFileSync("/proc/1/status"))?.[1];
    assertEquals(stdout.trim().split(/\s+/)[1], all);
  },
);
