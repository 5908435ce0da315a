/**
 * cgroup v1 and hybrid: the same config gives the same cgroups under runc and under runt.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { cgroupsOf, leftovers } from "../support/leftovers.ts";
import { cgroupV1, program, root, testNeeding } from "../support/needs.ts";
import { type Outcome, run, Runtime } from "../support/runtime.ts";

const NEEDS = [root, cgroupV1], BESIDE_RUNC = [...NEEDS, program("runc")];

/** A directory above the container's cgroup, of this test's own. */
const PARENT = `runt-test-${Deno.pid}`;

/** Files that settings show in, by controller. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  memory: [
    "memory.limit_in_bytes",
    "memory.memsw.limit_in_bytes",
    "memory.soft_limit_in_bytes",
    "memory.swappiness",
    "memory.oom_control",
  ],
  cpu: ["cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us"],
  cpuset: ["cpuset.cpus", "cpuset.mems"],
  pids: ["pids.max"],
  blkio: ["read_bps", "write_bps", "read_iops", "write_iops"].map((name) => `blkio.throttle.${name}_device`),
  devices: ["devices.list"],
  freezer: ["freezer.state"],
};

/** Makes a container. It keeps the streams that it gets, so the error's goes to a file: a pipe would never end. */
function create(runtime: Runtime, bundle: string, id: string): Outcome {
  const log = `${runtime.root}.stderr`;
  const command = [runtime.program, "--root", runtime.root, "create", "-b", bundle, id];
  try {
    const { code } = run("sh", ["-c", 'exec "$@" >/dev/null 2>"$0"', log, ...command]);
    return { code, stdout: "", stderr: Deno.readTextFileSync(log) };
  } finally {
    Deno.removeSync(log);
  }
}

interface Seen {
  /** By controller, the directory with the container's id taken out. */
  readonly paths: Record<string, string>;
  readonly settings: Record<string, string>;
  /** `/proc/<pid>/cgroup`, with the id taken out. */
  readonly membership: string;
}

/** What a sleeping container's cgroups are, in hierarchies that both runtimes know. */
function look(runtime: Runtime, change: (config: Config, id: string) => void): Seen {
  const id = runtime.newId();
  using bundle = makeBundle((config) => {
    config.process.args = ["sleep", "100"];
    change(config, id);
  });
  const { code, stderr } = create(runtime, bundle.directory, id);
  assertEquals(code, 0, stderr);
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  const saved = JSON.parse(Deno.readTextFileSync(`${runtime.root}/${id}/state.json`)).cgroup_paths;
  const settings: Record<string, string> = {}, paths: Record<string, string> = {};
  for (const [controller, path] of Object.entries<string>(saved)) paths[controller] = path.replace(id, "ID");
  for (const [controller, files] of Object.entries(FILES)) {
    for (const file of files) settings[file] = Deno.readTextFileSync(`${saved[controller]}/${file}`);
    const tasks = Deno.readTextFileSync(`${saved[controller]}/tasks`);
    assert(tasks.split("\n").includes(String(pid)), `${controller} has the process`);
  }
  const membership = Deno.readTextFileSync(`/proc/${pid}/cgroup`).replaceAll(id, "ID");
  runtime.must(["delete", "--force", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  return { paths, settings, membership };
}

function sameAsRunc(name: string, change: (config: Config, id: string) => void): void {
  testNeeding(BESIDE_RUNC, `cgroups are runc's: ${name}`, () => {
    using runt = new Runtime();
    using runc = new Runtime("runc");
    try {
      assertEquals(look(runt, change), look(runc, change));
    } finally {
      // Directories above a container's cgroup stay, under both.
      for (const found of cgroupsOf(PARENT)) Deno.removeSync(found.slice("cgroup ".length));
    }
  });
}

/** Sets `linux.resources`, leaving the device rules. */
function resources(more: Config): (config: Config) => void {
  return ({ linux }) => Object.assign(linux.resources, more);
}

/** Numbers of a disk of this host. */
function blockDevice(): { major: number; minor: number } {
  const lines = Deno.readTextFileSync("/proc/partitions").split("\n").slice(2).map((line) =>
    line.trim().split(/\s+/)
  );
  // Not one that comes and goes with modules, such as loop0.
  const [major, minor] = lines.find(([, , , name]) => /^([shvx]?v?d[a-z]|nvme\d+n\d+)$/.test(name ?? "")) ??
    [];
  return { major: Number(major ?? 7), minor: Number(minor ?? 0) };
}

function ratesOf(device: { major: number; minor: number }): Config {
  return {
    throttleReadBpsDevice: [{ ...device, rate: 1 << 20 }],
    throttleWriteBpsDevice: [{ ...device, rate: 2 << 20 }],
    throttleReadIOPSDevice: [{ ...device, rate: 100 }],
    throttleWriteIOPSDevice: [{ ...device, rate: 200 }],
  };
}

sameAsRunc("without limits", () => {});
sameAsRunc("without linux.resources", ({ linux }) => delete linux.resources);
sameAsRunc(
  "every memory limit",
  resources({ memory: { limit: 64 << 20, swap: 96 << 20, reservation: 32 << 20, swappiness: 10 } }),
);
sameAsRunc("the OOM killer off", resources({ memory: { limit: 64 << 20, disableOOMKiller: true } }));
sameAsRunc("unlimited memory", resources({ memory: { limit: -1, swap: -1, reservation: -1 } }));
sameAsRunc("unlimited memory, swap untold", resources({ memory: { limit: -1 } }));
sameAsRunc("swap as large as memory", resources({ memory: { limit: 64 << 20, swap: 64 << 20 } }));
sameAsRunc("zero for absent", resources({ memory: { limit: 0 }, cpu: { shares: 0, quota: 0 }, pids: {} }));
sameAsRunc("cpu", resources({ cpu: { shares: 512, quota: 50000, period: 200000, cpus: "0", mems: "0" } }));
sameAsRunc("an unlimited cpu quota", resources({ cpu: { quota: -1, period: 50000 } }));
sameAsRunc("a negative cpu quota, which is no limit", resources({ cpu: { quota: -9999 } }));
sameAsRunc("pids", resources({ pids: { limit: 20 } }));
sameAsRunc("rates of block I/O", resources({ blockIO: ratesOf(blockDevice()) }));
sameAsRunc("unlimited pids", resources({ pids: { limit: -1 } }));
sameAsRunc(
  "devices of its own",
  resources({
    devices: [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 10, minor: 229, access: "rwm" },
      { allow: true, type: "b", major: 8, access: "r" },
      { allow: true, type: "c", major: 1, minor: 3, access: "r" },
      { allow: true, type: "c", major: 4, minor: 64, access: "rwm" },
      { allow: false, type: "c", major: 4, minor: 64, access: "w" },
      { allow: true, type: "c", minor: 7, access: "rw" },
    ],
  }),
);
sameAsRunc("all devices", resources({ devices: [{ allow: true, access: "rwm" }] }));
sameAsRunc(
  "all devices but some",
  resources({
    devices: [{ allow: true, access: "rwm" }, { allow: false, type: "c", major: 4, access: "rw" }],
  }),
);
sameAsRunc("a default device made anew", ({ linux }) => {
  linux.devices = [{ path: "/dev/full", type: "c", major: 1, minor: 7, fileMode: 0o600 }];
});
sameAsRunc("an absolute path", ({ linux }, id) => {
  linux.cgroupsPath = `/${PARENT}/../${PARENT}/${id}`;
});
sameAsRunc("a relative path", ({ linux }, id) => {
  linux.cgroupsPath = `../${PARENT}/./${id}/`;
});

/** Makes a container that is to fail; nothing of it may stay. */
function mustFail(what: string, change: (config: Config, id: string) => void, ...texts: string[]): void {
  testNeeding(NEEDS, `${what} fails with a clear message, and leaves nothing`, () => {
    using runtime = new Runtime();
    const id = runtime.newId();
    using bundle = makeBundle((config) => change(config, id));
    const { code, stderr } = create(runtime, bundle.directory, id);
    assertEquals(code, 1, stderr);
    for (const text of texts) assertStringIncludes(stderr, text);
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  });
}

mustFail(
  "a burst over the quota",
  resources({ cpu: { quota: 1000, period: 10000, burst: 2000 } }),
  "linux.resources.cpu.burst",
);
mustFail(
  "a cpu that there is not",
  resources({ cpu: { cpus: "4095" } }),
  "linux.resources.cpu.cpus",
  "/cpuset.cpus: E",
);
mustFail(
  "a swap limit below the memory limit",
  resources({ memory: { limit: 2 << 20, swap: 1 << 20 } }),
  "swap",
);
mustFail("too few shares", resources({ cpu: { shares: 1 } }), "the minimum allowed cpu-shares is 2");
mustFail(
  "a hole in a wider device rule",
  resources({
    devices: [
      { allow: true, type: "c", access: "rwm" },
      { allow: false, type: "c", major: 1, minor: 5, access: "w" },
    ],
  }),
  "cannot punch hole in existing wildcard rule",
);
mustFail("the root as cgroup", ({ linux }) => {
  linux.cgroupsPath = "/";
}, "linux.cgroupsPath");

testNeeding(NEEDS, "a cgroup that has processes is refused, and left as it is", () => {
  using runtime = new Runtime();
  const first = runtime.newId(), second = runtime.newId();
  using bundle = makeBundle(({ process, linux }) => {
    process.args = ["sleep", "100"];
    linux.cgroupsPath = `/${first}`;
  });
  assertEquals(create(runtime, bundle.directory, first).code, 0);
  const { code, stderr } = create(runtime, bundle.directory, second);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "container's cgroup is not empty: 1 process(es) found");
  assertEquals(runtime.state(first).status, "created");
  assertEquals(cgroupsOf(first).length > 5, true);
  assertEquals(cgroupsOf(second), []);
});

testNeeding(NEEDS, "a frozen container is paused, and cgroups that it made are removed with its own", () => {
  using runtime = new Runtime();
  const id = runtime.newId();
  using bundle = makeBundle(({ process }) => void (process.args = ["sleep", "100"]));
  assertEquals(create(runtime, bundle.directory, id).code, 0);
  runtime.must(["start", id]);
  const { cgroup_paths } = JSON.parse(Deno.readTextFileSync(`${runtime.root}/${id}/state.json`));
  Deno.mkdirSync(`${cgroup_paths.pids}/a/b`, { recursive: true });
  Deno.writeTextFileSync(`${cgroup_paths.freezer}/freezer.state`, "FROZEN");
  assertEquals(runtime.state(id).status, "paused");
  Deno.writeTextFileSync(`${cgroup_paths.freezer}/freezer.state`, "THAWED");
  assertEquals(runtime.state(id).status, "running");
  runtime.must(["delete", "--force", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(NEEDS, "limits hold: no more processes than pids.limit", () => {
  using runtime = new Runtime();
  using bundle = makeBundle(({ process, linux }) => {
    process.args = ["sh", "-c", "for i in 1 2 3 4 5 6; do sleep 1 & echo $i; done"];
    linux.resources.pids = { limit: 4 };
  });
  const { stdout, stderr } = runtime.run(bundle.directory);
  assertEquals(stdout, "1\n2\n3\n");
  assertStringIncludes(stderr, "can't fork");
});

testNeeding(NEEDS, "limits hold: any device may be made, only some may be used", () => {
  using runtime = new Runtime();
  using bundle = makeBundle(({ process }) => {
    const script = "mknod /dev/x c 1 11 && mknod /dev/y c 1 5; cat /dev/x; head -c 3 /dev/y | wc -c";
    process.args = ["sh", "-c", script];
    for (const set of Object.values<string[]>(process.capabilities)) set.push("CAP_MKNOD");
  });
  const { stdout, stderr } = runtime.run(bundle.directory);
  assertEquals([stdout, stderr], ["3\n", "cat: can't open '/dev/x': Operation not permitted\n"]);
});

testNeeding(NEEDS, "a limit of one process is for the container alone, not for making it", () => {
  using runtime = new Runtime();
  using bundle = makeBundle(({ process, linux }) => {
    process.args = ["cat", "/proc/self/uid_map"];
    linux.resources.pids = { limit: 1 };
    linux.namespaces.push({ type: "user" });
    linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
  });
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assertEquals([code, stdout.trim().split(/\s+/), stderr], [0, ["0", "100000", "65536"], ""]);
});

testNeeding(
  BESIDE_RUNC,
  "a limit of a controller that is not mounted, and unified, are refused as by runc",
  () => {
    const cases: [Config, string][] = [
      [{ unified: { "memory.high": "5" } }, "invalid configuration: cannot use unified on cgroup v1"],
    ];
    if (!Deno.readTextFileSync("/proc/self/cgroup").includes("hugetlb")) {
      const hugepageLimits = [{ pageSize: "2MB", limit: 0 }];
      cases.push([{ hugepageLimits }, "cannot set hugetlb limit: container could not join or create cgroup"]);
    }
    for (const [more, text] of cases) {
      using bundle = makeBundle(resources(more));
      for (const program of [undefined, "runc"]) {
        using runtime = new Runtime(program);
        const { code, stderr } = runtime.run(bundle.directory);
        assertEquals(code, 1);
        assertStringIncludes(stderr, text);
      }
    }
  },
);
