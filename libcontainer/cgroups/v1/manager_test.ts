import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { RecordingKernel } from "../../../ffi/recording.ts";
import { RuntError } from "../../error.ts";
import type { CgroupHierarchies } from "../../host/cgroup_hierarchies.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { defaultDeviceList } from "../controllers/default_devices.ts";
import { type CgroupManager, openCgroupManager } from "../manager.ts";

/** Hierarchies as plain directories. The files of a new cgroup, which a real one has at once, are made by a test. */
class FakeHost implements Disposable {
  readonly root = Deno.makeTempDirSync({ prefix: "runt-cgroup-" });
  readonly cgroups: CgroupHierarchies;

  constructor(mode: "legacy" | "hybrid" = "legacy", controllers = ["devices", "memory", "pids", "freezer"]) {
    for (const name of [...controllers, "unified"]) Deno.mkdirSync(`${this.root}/${name}`);
    this.cgroups = {
      mode,
      root: this.root,
      mounts: controllers.map((name) => ({ mountpoint: `${this.root}/${name}`, root: "/", options: [name] })),
      own: Object.fromEntries(controllers.map((name) => [name, "/"])),
    };
  }

  open(resources: LinuxResources = {}, path = ""): CgroupManager {
    return openCgroupManager({ id: "x", path, resources, systemd: false }, this);
  }

  write(path: string, text = ""): void {
    Deno.writeTextFileSync(`${this.root}/${path}`, text);
  }

  read(path: string): string {
    return Deno.readTextFileSync(`${this.root}/${path}`);
  }

  has(path: string): boolean {
    try {
      return !!Deno.statSync(`${this.root}/${path}`);
    } catch {
      return false;
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

Deno.test("v1: prepare() makes the directory in each hierarchy, remove() takes it away again", () => {
  using host = new FakeHost("hybrid");
  const cgroup = host.open();
  assertEquals(cgroup.mode, "hybrid");
  assertFalse(cgroup.exists());
  cgroup.refuseOccupied();
  cgroup.prepare();
  assertEquals(cgroup.exists(), true);
  assertEquals(["devices/x", "memory/x", "pids/x", "freezer/x", "unified/x"].map((p) => host.has(p)), [
    true,
    true,
    true,
    true,
    true,
  ]);
  cgroup.remove();
  assertEquals(["devices/x", "memory/x", "pids/x", "freezer/x", "unified/x"].some((p) => host.has(p)), false);
  cgroup.remove();
});

Deno.test("v1: prepare() makes the directories above", () => {
  using host = new FakeHost();
  host.open({}, "/pod/a/b").prepare();
  assertEquals(host.has("memory/pod/a/b"), true);
});

Deno.test("v1: who is not root leaves another's cgroup of the container's name alone, in v2's hierarchy too", () => {
  using host = new FakeHost("hybrid");
  // Without a file that could be written, which is what another's comes to.
  Deno.mkdirSync(`${host.root}/unified/x`);
  const cgroup = openCgroupManager(
    { id: "x", path: "", resources: {}, systemd: false, rootless: true },
    host,
  );
  cgroup.prepare();
  assertEquals(Object.keys(cgroup.paths).sort(), ["devices", "freezer", "memory", "pids"]);
  cgroup.remove();
  assertEquals([host.has("unified/x"), host.has("pids/x")], [true, false]);
});

Deno.test("v1: a cgroup with processes is refused and left alone", () => {
  using host = new FakeHost();
  Deno.mkdirSync(`${host.root}/devices/x/below`, { recursive: true });
  host.write("devices/x/cgroup.procs", "");
  host.write("devices/x/below/cgroup.procs", "12\n13\n");
  const cgroup = host.open();
  assertThrows(
    () => cgroup.refuseOccupied(),
    RuntError,
    "container's cgroup is not empty: 2 process(es) found",
  );
  const error = assertThrows(() => cgroup.prepare(), RuntError, "container's cgroup is not empty");
  assertEquals(error.path, "linux.cgroupsPath");
  cgroup.remove();
  assertEquals([host.has("devices/x/below"), host.has("memory/x")], [true, false]);
  assertEquals([cgroup.pids(), cgroup.pids(true)], [[], [12, 13]]);
});

Deno.test("v1: a frozen cgroup is refused and left alone", () => {
  using host = new FakeHost();
  Deno.mkdirSync(`${host.root}/freezer/x`);
  host.write("freezer/x/cgroup.procs", "");
  host.write("freezer/x/freezer.state", "FROZEN\n");
  host.write("freezer/x/freezer.self_freezing", "1\n");
  const cgroup = host.open();
  assertThrows(() => cgroup.prepare(), RuntError, "container's cgroup unexpectedly frozen");
  assertEquals([host.has("freezer/x"), host.has("memory/x")], [true, false]);
});

Deno.test("v1: what was made is removed when a hierarchy fails", () => {
  using host = new FakeHost();
  Deno.removeSync(`${host.root}/pids`);
  host.write("pids", "a file in the place of a directory");
  const error = assertThrows(() => host.open({}, "/a/x").prepare(), RuntError);
  assertEquals(error.message.includes("unable to apply cgroup configuration: mkdir"), true);
  assertEquals(error.message.includes("ENOTDIR"), true);
  assertEquals([host.has("memory/a"), host.has("devices/a")], [false, false]);
});

Deno.test("v1: set() writes limits to their files", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  for (
    const file of [
      "memory/x/memory.limit_in_bytes",
      "memory/x/memory.memsw.limit_in_bytes",
      "pids/x/pids.max",
    ]
  ) {
    host.write(file, "9223372036854771712\n");
  }
  const resources = { memory: { limit: 1000, swap: 2000 }, pids: { limit: 7 } };
  cgroup.set(resources, "limits");
  assertEquals(host.read("pids/x/pids.max"), "9223372036854771712\n");
  host.write("devices/x/devices.list", defaultDeviceList([]));
  cgroup.set(resources, "devices");
  assertEquals(host.read("memory/x/memory.limit_in_bytes"), "1000");
  assertEquals(host.read("memory/x/memory.memsw.limit_in_bytes"), "2000");
  assertEquals(host.read("pids/x/pids.max"), "7");
});

Deno.test("v1: a limit names its place in config.json and its file when it cannot be written", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  host.write("devices/x/devices.list", defaultDeviceList([]));
  const missing = assertThrows(() => cgroup.set({ pids: { limit: 7 } }, "devices"), RuntError);
  assertEquals(missing.path, "linux.resources.pids.limit");
  assertEquals(
    missing.message,
    `Cannot write "7" to ${host.root}/pids/x/pids.max: ENOENT: no such file or directory`,
  );
  const none = assertThrows(() => cgroup.set({ cpu: { shares: 7 } }, "limits"), RuntError);
  assertEquals(
    [none.message, none.path],
    ["cannot set cpu limit: container could not join or create cgroup", "linux.resources.cpu.shares"],
  );
});

Deno.test("v1: set() begins with the default devices, and notices when the kernel makes something else of it", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  for (const file of ["allow", "deny"]) host.write(`devices/x/devices.${file}`);
  host.write("devices/x/devices.list", defaultDeviceList([]));
  cgroup.set({ devices: [{ allow: false, access: "rwm" }] }, "devices");
  assertEquals([host.read("devices/x/devices.allow"), host.read("devices/x/devices.deny")], ["", ""]);
  host.write("devices/x/devices.list", "a *:* rwm\n");
  assertThrows(() => cgroup.set({}, "devices"), RuntError, "doesn't precisely match target");
  assertEquals(host.read("devices/x/devices.deny"), "a *:* rwm");
  assertEquals(host.read("devices/x/devices.allow"), "c 136:* rwm");
});

Deno.test("v1: the child joins each hierarchy by one thread, and goes on without those that only track", () => {
  using host = new FakeHost("hybrid", ["devices", "pids", "name=systemd"]);
  const cgroup = host.open(),
    kernel = new RecordingKernel(({ name, args }) => {
      return name === "openat" && String(args[1]).includes("unified") ? -13 : undefined;
    });
  cgroup.queueJoin(kernel);
  kernel.flush();
  assertEquals(
    kernel.lines().filter((line) => line.startsWith("openat")).map((line) =>
      line.slice(14 + host.root.length, -14)
    ),
    ["/devices/x/tasks", "/pids/x/tasks", "/name=systemd/x/tasks", "/unified/x/cgroup.procs"],
  );
  assertEquals(kernel.operations.filter(({ name }) => name === "write").map(({ args }) => args[1]), [
    new Uint8Array([48]),
    new Uint8Array([48]),
    new Uint8Array([48]),
  ]);
  assertEquals(cgroup.openForClone(), undefined);
});

Deno.test("v1: controllers that share a hierarchy are made, joined and removed once", () => {
  using host = new FakeHost();
  Deno.mkdirSync(`${host.root}/cpu,cpuacct`);
  const mount = { mountpoint: `${host.root}/cpu,cpuacct`, root: "/", options: ["rw", "cpu", "cpuacct"] };
  const cgroups = {
    ...host.cgroups,
    mounts: [...host.cgroups.mounts, mount],
    own: { ...host.cgroups.own, cpu: "/", cpuacct: "/" },
  };
  const cgroup = openCgroupManager({ id: "x", path: "", systemd: false }, { cgroups });
  cgroup.prepare();
  const kernel = new RecordingKernel();
  cgroup.queueJoin(kernel);
  kernel.flush();
  assertEquals(kernel.lines().filter((line) => line.includes("cpu,cpuacct")).length, 1);
  cgroup.remove();
  assertFalse(host.has("cpu,cpuacct/x"));
});

Deno.test("v1: saved paths serve without asking the host", () => {
  using host = new FakeHost();
  const { paths } = host.open();
  host.open().prepare();
  const asked = {
    get cgroups(): CgroupHierarchies {
      throw new Error("asked");
    },
  };
  const cgroup = openCgroupManager({ id: "x", path: "", systemd: false }, asked, paths);
  assertEquals([cgroup.mode, cgroup.exists(), cgroup.pids(), cgroup.freezerState()], [
    "legacy",
    true,
    [],
    "UNDEFINED",
  ]);
  cgroup.remove();
  assertFalse(host.has("memory/x"));
});

Deno.test("v1: freezer state is the cgroup's own, not that of one above", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  host.write("freezer/x/freezer.state", "THAWED\n");
  assertEquals(cgroup.freezerState(), "THAWED");
  host.write("freezer/x/freezer.state", "FROZEN\n");
  host.write("freezer/x/freezer.self_freezing", "0\n");
  assertEquals(cgroup.freezerState(), "THAWED");
  host.write("freezer/x/freezer.self_freezing", "1\n");
  assertEquals(cgroup.freezerState(), "FROZEN");
  cgroup.freeze("THAWED");
  assertEquals(host.read("freezer/x/freezer.state"), "THAWED");
});

Deno.test("v1: kills for want of memory are counted", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  host.write("memory/x/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  assertEquals(cgroup.oomKillCount(), 3);
});
