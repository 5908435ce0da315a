import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { BundleSpec } from "./bundle.ts";
import { CGROUP_ROOT, Container } from "./container.ts";
import { guestCase } from "./guest_case.ts";

const MIB = 1024 * 1024;

type Resources = NonNullable<NonNullable<BundleSpec["linux"]>["resources"]>;

/** Creates a container with `resources` and reads files of its cgroup. */
function readFiles(resources: Resources, names: string[]): string[] {
  using container = new Container({ script: "true", linux: { cgroupsPath: "/runt-resources/c", resources } });
  container.create();
  return names.map((name) => Deno.readTextFileSync(`${CGROUP_ROOT}/runt-resources/c/${name}`).trim());
}

guestCase("memory, cpu and pids limits of the spec are in the cgroup's files", {}, () => {
  const files = readFiles({
    memory: { limit: 64 * MIB, reservation: 32 * MIB },
    cpu: { shares: 262144, quota: 50_000, period: 100_000 },
    pids: { limit: 32 },
  }, ["memory.max", "memory.low", "cpu.weight", "cpu.max", "pids.max"]);
  assertEquals(files, [`${64 * MIB}`, `${32 * MIB}`, "10000", "50000 100000", "32"]);
});

guestCase("limits of -1 become max, and a period alone keeps the quota at max", {}, () => {
  const files = readFiles({
    memory: { limit: -1 },
    cpu: { shares: 2, period: 50_000 },
    pids: { limit: -1 },
  }, ["memory.max", "cpu.weight", "cpu.max", "pids.max"]);
  assertEquals(files, ["max", "1", "max 50000", "max"]);
});

guestCase("without limits the kernel's defaults stay", {}, () => {
  const files = readFiles({}, ["memory.max", "memory.low", "cpu.weight", "cpu.max", "pids.max"]);
  assertEquals(files, ["max", "0", "100", "max 100000", "max"]);
});

guestCase("the usual cpu shares of 1024 become a weight as runc has it", {}, () => {
  const [weight] = readFiles({ cpu: { shares: 1024 } }, ["cpu.weight"]);
  // runc before 1.4 maps linearly; since then 1024 shares, the default of v1, are 100, the default of v2
  assert(weight === "39" || weight === "100", weight);
});

guestCase("a swap limit counts memory in the spec, and does not in memory.swap.max", { swap: true }, () => {
  const files = readFiles({ memory: { limit: 64 * MIB, swap: 96 * MIB } }, ["memory.max", "memory.swap.max"]);
  assertEquals(files, [`${64 * MIB}`, `${32 * MIB}`]);
});

guestCase("a swap limit equal to the memory limit means no swap", { swap: true }, () => {
  const files = readFiles({ memory: { limit: 64 * MIB, swap: 64 * MIB } }, ["memory.swap.max"]);
  assertEquals(files, ["0"]);
});

guestCase("a process that needs more memory than the limit is killed", {}, () => {
  using container = new Container({
    // dd's buffer is its memory
    script: "dd if=/dev/zero of=/dev/null bs=64M count=1; echo $?",
    linux: { resources: { memory: { limit: 16 * MIB, swap: 16 * MIB } } },
  });
  const { stdout, stderr } = container.run();
  assertEquals(stdout.trim(), "137", stderr);
});

guestCase("a fork beyond the limit of processes fails", {}, () => {
  using container = new Container({
    script: "sleep 5 & sleep 5 & sleep 5 & sleep 5 & echo all",
    linux: { resources: { pids: { limit: 3 } } },
  });
  const { stdout, stderr } = container.run();
  assertEquals(stdout, "");
  assertStringIncludes(stderr, "fork");
});

guestCase("a container starts with 512 KiB of memory", { runt: true }, () => {
  using container = new Container({
    script: "true",
    linux: { resources: { memory: { limit: 512 * 1024 } } },
  });
  const { code, stderr } = container.run();
  assertEquals(code, 0, stderr);
});

guestCase("the child is born in its cgroup (CLONE_INTO_CGROUP)", { runt: true }, () => {
  using container = new Container({ script: "true", linux: { cgroupsPath: "/runt-born/c" } });
  const trace = `${container.directory}/trace`;
  const { code, stderr } = new Deno.Command("strace", {
    args: [
      ...["-f", "-o", trace, "-e", "trace=clone3,openat"],
      ...[Deno.env.get("RUNT")!, "--root", container.root, "run", "--bundle", container.bundle, container.id],
    ],
    stdin: "null",
  }).outputSync();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const lines = Deno.readTextFileSync(trace).split("\n");
  assert(
    lines.some((line) => line.includes("clone3(") && line.includes("CLONE_INTO_CGROUP")),
    "no such clone3",
  );
  const moves = lines.filter((line) =>
    /"[^"]*cgroup\.(procs|threads)"/.test(line) && /O_WRONLY|O_RDWR/.test(line)
  );
  assertEquals(moves, [], "a process is moved between cgroups");
});
