import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { run } from "../../support/runtime.ts";
import { CGROUP_ROOT, Container } from "./container.ts";
import { guest, runcRule, runt, swapAccounting } from "./guest_needs.ts";

const MIB = 1024 * 1024;

/** Creates a container with `resources` and reads files of its cgroup. */
function readFiles(resources: Record<string, unknown>, names: string[]): string[] {
  using container = new Container("true", ({ linux }) => {
    linux.cgroupsPath = "/runt-resources/c";
    Object.assign(linux.resources, resources);
  });
  container.create();
  return names.map((name) => Deno.readTextFileSync(`${CGROUP_ROOT}/runt-resources/c/${name}`).trim());
}

testNeeding([guest], "memory, cpu and pids limits of the spec are in the cgroup's files", () => {
  const files = readFiles({
    memory: { limit: 64 * MIB, reservation: 32 * MIB },
    cpu: { shares: 262144, quota: 50_000, period: 100_000 },
    pids: { limit: 32 },
  }, ["memory.max", "memory.low", "cpu.weight", "cpu.max", "pids.max"]);
  assertEquals(files, [`${64 * MIB}`, `${32 * MIB}`, "10000", "50000 100000", "32"]);
});

testNeeding([guest], "limits of -1 become max, and a period alone keeps the quota at max", () => {
  const files = readFiles({
    memory: { limit: -1 },
    cpu: { shares: 2, period: 50_000 },
    pids: { limit: -1 },
  }, ["memory.max", "cpu.weight", "cpu.max", "pids.max"]);
  assertEquals(files, ["max", "1", "max 50000", "max"]);
});

testNeeding([guest], "without limits the kernel's defaults stay", () => {
  const files = readFiles({}, ["memory.max", "memory.low", "cpu.weight", "cpu.max", "pids.max"]);
  assertEquals(files, ["max", "0", "100", "max 100000", "max"]);
});

testNeeding([guest], "the usual cpu shares of 1024 become a weight as runc has it", () => {
  const [weight] = readFiles({ cpu: { shares: 1024 } }, ["cpu.weight"]);
  // runc before 1.4 maps linearly; since then 1024 shares, the default of v1, are 100, the default of v2
  assert(weight === "39" || weight === "100", weight);
});

testNeeding(
  [guest, swapAccounting],
  "a swap limit counts memory in the spec, and does not in memory.swap.max",
  () => {
    const files = readFiles({ memory: { limit: 64 * MIB, swap: 96 * MIB } }, [
      "memory.max",
      "memory.swap.max",
    ]);
    assertEquals(files, [`${64 * MIB}`, `${32 * MIB}`]);
  },
);

testNeeding([guest, swapAccounting], "a swap limit equal to the memory limit means no swap", () => {
  const files = readFiles({ memory: { limit: 64 * MIB, swap: 64 * MIB } }, ["memory.swap.max"]);
  assertEquals(files, ["0"]);
});

testNeeding([guest], "a process that needs more memory than the limit is killed", () => {
  // dd's buffer is its memory
  using container = new Container("dd if=/dev/zero of=/dev/null bs=64M count=1; echo $?", ({ linux }) => {
    linux.resources.memory = { limit: 16 * MIB, swap: 16 * MIB };
  });
  const { stdout, stderr } = container.run();
  assertEquals(stdout.trim(), "137", stderr);
});

testNeeding([guest], "a fork beyond the limit of processes fails", () => {
  using container = new Container("sleep 5 & sleep 5 & sleep 5 & sleep 5 & echo all", ({ linux }) => {
    linux.resources.pids = { limit: 3 };
  });
  const { stdout, stderr } = container.run();
  assertEquals(stdout, "");
  assertStringIncludes(stderr, "fork");
});

testNeeding([guest, runt], "the child is born in its cgroup (CLONE_INTO_CGROUP)", () => {
  using container = new Container("true", ({ linux }) => linux.cgroupsPath = "/runt-born/c");
  const trace = `${container.runtime.root}/trace`;
  const strace = ["-f", "-o", trace, "-e", "trace=clone3,openat,openat2"];
  const { code, stderr } = run("strace", [...strace, ...container.runCommand]);
  assertEquals(code, 0, stderr);
  const lines = Deno.readTextFileSync(trace).split("\n");
  assert(
    lines.some((line) => line.includes("clone3(") && line.includes("CLONE_INTO_CGROUP")),
    "no such clone3",
  );
  const moves = lines.filter((line) => /"[^"]*cgroup\.(procs|threads)".*(O_WRONLY|O_RDWR)/.test(line));
  assertEquals(moves, [], "a process is moved between cgroups");
});

/** Numbers of the guest's root disk. */
function rootDisk(): string {
  const disk = Deno.readTextFileSync("/proc/partitions").split("\n").find((line) => / ubd[a-z]$/.test(line));
  return disk!.trim().split(/\s+/).slice(0, 2).join(":");
}

testNeeding([guest], "rates of block I/O are in io.max", () => {
  const [major, minor] = rootDisk().split(":").map(Number);
  const rate = (rate: number) => [{ major, minor, rate }];
  const [limits] = readFiles({
    blockIO: {
      throttleReadBpsDevice: rate(1 << 20),
      throttleWriteBpsDevice: rate(2 << 20),
      throttleReadIOPSDevice: rate(100),
      throttleWriteIOPSDevice: rate(200),
    },
  }, ["io.max"]);
  assertEquals(limits, `${rootDisk()} rbps=1048576 wbps=2097152 riops=100 wiops=200`);
});

testNeeding([guest], "unified has the files by name, line by line, and the last word on pids", () => {
  const files = readFiles({
    pids: { limit: 32 },
    unified: {
      "memory.high": `${8 * MIB}`,
      "memory.max": `${16 * MIB}`,
      "io.max": `${rootDisk()} rbps=1000\n${rootDisk()} wbps=2000\n`,
      "pids.max": "7",
    },
  }, ["memory.high", "memory.max", "io.max", "pids.max"]);
  const rates = `${rootDisk()} rbps=1000 wbps=2000 riops=max wiops=max`;
  assertEquals(files, [`${8 * MIB}`, `${16 * MIB}`, rates, "7"]);
});

testNeeding(
  [guest, runcRule],
  "unified is refused in runc's words where the controller or the file is not there",
  () => {
    const told = (file: string) => {
      using container = new Container("true", ({ linux }) => linux.resources.unified = { [file]: "1" });
      const { code, stderr } = container.run();
      assertEquals(code, 1, stderr);
      return stderr;
    };
    assertStringIncludes(told("foo.max"), 'controller \\"foo\\" not available');
    assertStringIncludes(told("memory.foo"), 'unable to set unified resource \\"memory.foo\\"');
  },
);

testNeeding([guest], "network classes and priorities are ignored, as v2 has none", () => {
  const network = { classID: 5, priorities: [{ name: "lo", priority: 5 }] };
  assertEquals(readFiles({ network }, ["memory.max"]), ["max"]);
});
