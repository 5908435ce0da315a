import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { RecordingKernel } from "../../../ffi/recording.ts";
import { RuntError } from "../../error.ts";
import type { CgroupHierarchies } from "../../host/cgroup_hierarchies.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { type CgroupManager, openCgroupManager } from "../manager.ts";

/** Makes each call at once, as the local kernel does. */
class ImmediateKernel extends RecordingKernel {
  override call(...args: Parameters<RecordingKernel["call"]>): ReturnType<RecordingKernel["call"]> {
    const result = super.call(...args);
    this.flush();
    return result;
  }
}

/** A v2 hierarchy as plain directories. */
class FakeHost implements Disposable {
  readonly root = Deno.makeTempDirSync({ prefix: "runt-cgroup2-" });
  readonly cgroups: CgroupHierarchies = { mode: "unified", root: this.root, mounts: [], own: { "": "/" } };

  constructor() {
    this.write("cgroup.controllers", "cpuset cpu memory pids\n");
    this.write("cgroup.subtree_control", "cpu\n");
  }

  open(path = "/pod/x", resources: LinuxResources = {}, kernel = new RecordingKernel()): CgroupManager {
    return openCgroupManager({ id: "x", path, resources, systemd: false }, this, undefined, kernel);
  }

  mkdir(path: string): void {
    Deno.mkdirSync(`${this.root}/${path}`, { recursive: true });
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

Deno.test("v2: prepare() has every cgroup above hand on the controllers that it does not hand on yet", () => {
  using host = new FakeHost();
  host.mkdir("pod");
  host.write("pod/cgroup.subtree_control", "cpu cpuset memory pids\n");
  const cgroup = host.open();
  assertEquals([cgroup.mode, cgroup.paths], ["unified", { "": `${host.root}/pod/x` }]);
  cgroup.prepare();
  assertEquals(host.has("pod/x"), true);
  assertEquals(host.read("cgroup.subtree_control"), "+cpuset +memory +pids");
  assertEquals(host.read("pod/cgroup.subtree_control"), "cpu cpuset memory pids\n");
  cgroup.remove();
  assertEquals([host.has("pod/x"), host.has("pod")], [false, true]);
});

Deno.test("v2: prepare() writes nothing when the cgroup has all controllers", () => {
  using host = new FakeHost();
  host.mkdir("pod/x");
  host.write("pod/x/cgroup.procs");
  host.write("pod/x/cgroup.controllers", "pids memory cpu cpuset io\n");
  host.open().prepare();
  assertEquals(host.read("cgroup.subtree_control"), "cpu\n");
});

Deno.test("v2: a cgroup with processes is refused and left alone", () => {
  using host = new FakeHost();
  host.mkdir("pod/x");
  host.write("pod/x/cgroup.procs", "5\n");
  const cgroup = host.open("/pod/x", {});
  assertThrows(() => cgroup.prepare(), RuntError, "container's cgroup is not empty: 1 process(es) found");
  cgroup.remove();
  assertEquals(host.has("pod/x"), true);
});

Deno.test("v2: a threaded cgroup is refused for memory limits", () => {
  using host = new FakeHost();
  host.mkdir("pod/x");
  host.write("pod/x/cgroup.procs");
  host.write("pod/x/cgroup.type", "threaded\n");
  host.write("pod/cgroup.type", "domain threaded\n");
  const error = assertThrows(() => host.open("/pod/x", { memory: { limit: 5 } }).prepare(), RuntError);
  assertEquals(
    error.message,
    `cannot enter cgroupv2 "${host.root}/pod/x" with domain controllers -- it is in threaded mode`,
  );
  host.open("/pod/x", { pids: { limit: 5 } }).prepare();
});

Deno.test("v2: below a cgroup with processes, one without memory limits becomes threaded, from the top", () => {
  using host = new FakeHost();
  host.mkdir("pod/x");
  host.write("pod/x/cgroup.procs");
  host.write("pod/x/cgroup.type", "domain invalid\n");
  host.write("pod/cgroup.type", "domain invalid\n");
  assertThrows(
    () => host.open("/pod/x", { cpu: { shares: 5 } }).prepare(),
    RuntError,
    "it is in an invalid state",
  );
  host.open("/pod/x").prepare();
  assertEquals([host.read("pod/cgroup.type"), host.read("pod/x/cgroup.type")], ["threaded", "threaded"]);
});

Deno.test("v2: what was made is removed when the cgroup cannot be", () => {
  using host = new FakeHost();
  host.write("pod", "a file in the place of a directory");
  const error = assertThrows(() => host.open().prepare(), RuntError);
  assertEquals(error.message.includes("unable to apply cgroup configuration: mkdir"), true);
});

Deno.test("v2: set() writes limits to their files, devices and pids by themselves", () => {
  using host = new FakeHost();
  const kernel = new ImmediateKernel(), cgroup = host.open("/pod/x", {}, kernel);
  cgroup.prepare();
  for (const file of ["memory.max", "memory.swap.max", "pids.max", "cpu.max", "cpu.weight", "cpuset.cpus"]) {
    host.write(`pod/x/${file}`);
  }
  const resources = {
    memory: { limit: 1000, swap: 1500 },
    pids: { limit: -1 },
    cpu: { shares: 1024, quota: 5000, cpus: "0" },
  };
  cgroup.set(resources, "limits");
  assertEquals([host.read("pod/x/pids.max"), kernel.operations.length], ["", 0]);
  cgroup.set(resources, "devices");
  assertEquals(kernel.operations.filter(({ name }) => name === "bpf").length, 3);
  const values = ["memory.max", "memory.swap.max", "pids.max", "cpu.max", "cpu.weight", "cpuset.cpus"];
  assertEquals(values.map((file) => host.read(`pod/x/${file}`)), [
    "1000",
    "500",
    "max",
    "5000 100000",
    "100",
    "0",
  ]);
});

Deno.test("v2: a kernel that does not count swap matters only where swap is limited", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  host.write("pod/x/memory.max");
  cgroup.set({ memory: { limit: 1000, swap: 1000 } }, "limits");
  assertEquals(host.read("pod/x/memory.max"), "1000");
  const error = assertThrows(() => cgroup.set({ memory: { limit: 1000, swap: 2000 } }, "limits"), RuntError);
  assertEquals(error.path, "linux.resources.memory.swap");
  assertEquals(error.hint?.includes("controller is not enabled"), true);
});

Deno.test("v2: checkBeforeUpdate asks what is in use", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  host.write("pod/x/memory.current", "4096\n");
  const memory = { limit: 4096, checkBeforeUpdate: true };
  assertThrows(
    () => cgroup.set({ memory }, "limits"),
    RuntError,
    "rejecting memory limit 4096 <= usage 4096",
  );
});

Deno.test("v2: processes are cloned into the cgroup, or join by themselves", () => {
  using host = new FakeHost();
  const local = new RecordingKernel(), child = new RecordingKernel();
  host.open("/pod/x", {}, local).queueJoin(child);
  child.flush();
  assertEquals(child.lines(), [
    `openat(-100, "${host.root}/pod/x/cgroup.procs", 0x80001, 0)`,
    "write(100, {…}, 1)",
    "close(100)",
  ]);
  assertEquals(openCgroupManager({ id: "x", path: "", systemd: false }, host).openForClone(), undefined);
});

Deno.test("v2: freezer state and freezing", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  assertEquals(cgroup.freezerState(), "UNDEFINED");
  host.write("pod/x/cgroup.freeze", "0\n");
  host.write("pod/x/cgroup.events", "populated 1\nfrozen 1\n");
  assertEquals(cgroup.freezerState(), "THAWED");
  cgroup.freeze("FROZEN");
  assertEquals(cgroup.freezerState(), "FROZEN");
  cgroup.freeze("THAWED");
  assertEquals(cgroup.freezerState(), "THAWED");
});

Deno.test("v2: thawing where there is no freezer is done already, freezing is refused", () => {
  using host = new FakeHost();
  const cgroup = host.open();
  cgroup.prepare();
  cgroup.freeze("THAWED");
  assertThrows(() => cgroup.freeze("FROZEN"), RuntError, "unable to freeze");
});

Deno.test("v2: saved paths serve without asking the host", () => {
  using host = new FakeHost();
  host.open().prepare();
  host.write("pod/x/memory.events", "low 0\noom_kill 2\n");
  const asked = {
    get cgroups(): CgroupHierarchies {
      throw new Error("asked");
    },
  };
  const cgroup = openCgroupManager({ id: "x", path: "", systemd: false }, asked, host.open().paths);
  assertEquals([cgroup.mode, cgroup.exists(), cgroup.oomKillCount()], ["unified", true, 2]);
  Deno.removeSync(`${host.root}/pod/x/memory.events`);
  cgroup.remove();
  assertFalse(host.has("pod/x"));
});

Deno.test("v2: unified has the last word, on pids when the root is set up", () => {
  using host = new FakeHost();
  host.mkdir("pod/x");
  for (const file of ["memory.max", "pids.max"]) host.write(`pod/x/${file}`);
  const resources = {
    memory: { limit: 5 },
    pids: { limit: 6 },
    unified: { "memory.max": "7", "pids.max": "8" },
  };
  const cgroup = host.open("/pod/x", resources, new ImmediateKernel());
  cgroup.set(resources, "limits");
  assertEquals([host.read("pod/x/memory.max"), host.read("pod/x/pids.max")], ["7", ""]);
});

Deno.test("v2: block I/O and huge pages cannot be limited in a threaded cgroup", () => {
  using host = new FakeHost();
  host.mkdir("pod/x");
  host.write("pod/x/cgroup.procs");
  host.write("pod/x/cgroup.type", "threaded\n");
  for (
    const resources of [{ blockIO: { weight: 10 } }, { hugepageLimits: [{ pageSize: "2MB", limit: 0 }] }]
  ) {
    assertThrows(() => host.open("/pod/x", resources).prepare(), RuntError, "it is in threaded mode");
  }
});
