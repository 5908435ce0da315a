/**
 * `--systemd-cgroup` with a real systemd, runt beside runc.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Config, makeBundle } from "../../support/bundle.ts";
import { testNeeding } from "../../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../../support/runtime.ts";
import { CGROUP_ROOT, cgroupExists, readCgroup } from "./container.ts";
import { guest, runt, systemd } from "./guest_needs.ts";

const RUNC = "runc";
const SYSTEMD = ["--systemd-cgroup"];

/** A container that waits for start, its cgroup made by systemd. */
class Scope implements Disposable {
  readonly runtime: Runtime;
  readonly id: string;
  readonly bundle;
  readonly unit: string;

  constructor(
    program: string,
    change: (config: Config) => void = () => {},
    path = "runttest-a.slice:test:NAME",
  ) {
    this.runtime = new Runtime(program, SYSTEMD);
    this.id = this.runtime.newId();
    this.bundle = makeBundle((config) => {
      config.ociVersion = "1.0.2";
      config.process.args = ["sleep", "1000"];
      config.linux.cgroupsPath = path.replace("NAME", this.id);
      change(config);
    });
    this.unit = `test-${this.id}.scope`;
  }

  create(): this {
    const outcome = this.runtime.create(this.bundle.directory, this.id);
    assertEquals(outcome.code, 0, outcome.stderr);
    return this;
  }

  get cgroup(): string {
    return readCgroup(this.runtime.state(this.id).pid);
  }

  file(name: string): string {
    return Deno.readTextFileSync(`${CGROUP_ROOT}${this.cgroup}/${name}`).trim();
  }

  show(): Record<string, string> {
    const { stdout } = run("systemctl", ["show", "--all", this.unit]);
    return Object.fromEntries(
      stdout.replaceAll(this.id, "ID").trim().split("\n").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
  }

  get isThere(): boolean {
    return !run("systemctl", ["show", "-p", "LoadState", this.unit]).stdout.includes("not-found");
  }

  [Symbol.dispose](): void {
    this.runtime[Symbol.dispose]();
    this.bundle[Symbol.dispose]();
    run("systemctl", ["stop", "runttest.slice"]);
  }
}

/** What differs from one unit to the next, and where its text is kept. */
const VOLATILE =
  /Timestamp|InvocationID|^(DropInPaths|CPUUsageNSec|Memory(Current|Available|Peak)|IO.*(Bytes|Operations)|IP.*|TasksCurrent|ControlGroupId|NeedDaemonReload)$/;

function steady(properties: Record<string, string>): Record<string, string> {
  const entries = Object.entries(properties).filter(([name]) => !VOLATILE.test(name));
  // Before 1.2 runc names groups of devices as /proc/devices does, not by number.
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replace("char-pts", "char-136")]));
}

const FILES = [
  "memory.max",
  "memory.low",
  "memory.swap.max",
  "cpu.max",
  "pids.max",
  "cgroup.subtree_control",
];

const CASES: Record<string, (config: Config) => void> = {
  "no limits": () => {},
  "limits of memory, cpu and pids": ({ linux }) => {
    linux.resources = {
      memory: { limit: 64 << 20, reservation: 32 << 20, swap: 96 << 20 },
      cpu: { quota: 20000, period: 50000 },
      pids: { limit: 77 },
    };
  },
  "unified": ({ linux }) => {
    linux.resources.unified = {
      "memory.high": "50000000",
      "pids.max": "66",
      "cpu.max": "30000 100000",
      "cpu.weight": "42",
    };
  },
  "device rules": ({ linux }) => {
    linux.resources.devices = [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 1, minor: 3, access: "r" },
      { allow: true, type: "b", major: 8, minor: 0, access: "rw" },
    ];
  },
  "all devices": ({ linux }) => {
    linux.resources.devices = [{ allow: true, access: "rwm" }];
  },
  "annotations": (config) => {
    config.annotations = {
      "org.systemd.property.TimeoutStopSec": "uint64 7",
      "org.systemd.property.CollectMode": "'inactive-or-failed'",
    };
  },
  "a user namespace": ({ linux }) => {
    linux.namespaces.push({ type: "user" });
    linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
  },
};

for (const [name, change] of Object.entries(CASES)) {
  testNeeding([guest, systemd, runt], `the unit and the cgroup are runc's: ${name}`, () => {
    using ours = new Scope(RUNT, change), theirs = new Scope(RUNC, change);
    if (name === "a user namespace") {
      for (const { bundle } of [ours, theirs]) Deno.chmodSync(bundle.directory, 0o755);
    }
    ours.create();
    theirs.create();
    assertEquals(ours.cgroup, `/runttest.slice/runttest-a.slice/${ours.unit}`);
    assertEquals(theirs.cgroup.replace(theirs.id, ours.id), ours.cgroup);
    assertEquals(steady(ours.show()), steady(theirs.show()));
    for (const file of FILES) assertEquals(ours.file(file), theirs.file(file), file);
    const { cgroup } = ours;
    ours.runtime.must(["delete", "--force", ours.id]);
    assert(!ours.isThere, "the unit after delete");
    assert(!cgroupExists(cgroup), "the cgroup after delete");
  });
}

testNeeding(
  [guest, systemd, runt],
  "a cgroup that the container writes to is its user's, as runc has it",
  () => {
    const owners = (program: string, change: (config: Config) => void) => {
      using scope = new Scope(program, (config) => {
        const mount = config.mounts.find(({ type }: Config) => type === "cgroup");
        mount.options = mount.options.filter((option: string) => option !== "ro");
        config.process.user = { uid: 7, gid: 8 };
        change(config);
      });
      Deno.chmodSync(scope.bundle.directory, 0o755);
      scope.create();
      const directory = CGROUP_ROOT + scope.cgroup,
        owned = [...Deno.readDirSync(directory)].map(({ name }) => name);
      return [".", ...owned.sort()].flatMap((name) => {
        const { uid, gid } = Deno.statSync(`${directory}/${name}`);
        return uid === 0 && gid === 0 ? [] : [`${name} ${uid} ${gid}`];
      });
    };
    const mapped = ({ linux }: Config) => {
      linux.namespaces.push({ type: "user" });
      linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
    };
    const readonly = ({ mounts }: Config) => {
      mounts.find(({ type }: Config) => type === "cgroup").options.push("ro");
    };
    const shared = ({ linux }: Config) => {
      linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "cgroup");
    };
    const plain = () => {};
    for (const [change, first] of [[plain, ". 7 0"], [mapped, ". 100007 0"], [readonly], [shared]] as const) {
      const ours = owners(RUNT, change);
      assertEquals(ours[0], first);
      assertEquals(ours, owners(RUNC, change));
    }
  },
);

testNeeding([guest, systemd, runt], "without cgroupsPath the unit is runt-<id>.scope in system.slice", () => {
  using scope = new Scope(RUNT, ({ linux }) => delete linux.cgroupsPath);
  scope.create();
  assertEquals(scope.cgroup, `/system.slice/runt-${scope.id}.scope`);
});

testNeeding(
  [guest, systemd, runt],
  "run leaves no unit, and the container sees its own cgroup as the root",
  () => {
    using scope = new Scope(RUNT, ({ process }) => process.args = ["cat", "/proc/self/cgroup"]);
    const { code, stdout, stderr } = scope.runtime.call(["run", "-b", scope.bundle.directory, scope.id]);
    assertEquals({ code, stdout }, { code: 0, stdout: "0::/\n" }, stderr);
    assert(!scope.isThere);
  },
);

testNeeding([guest, systemd, runt], "a container's life goes on without the flag", () => {
  using scope = new Scope(RUNT);
  scope.create();
  const call = (...args: string[]) => {
    const outcome = run(RUNT, ["--root", scope.runtime.root, ...args]);
    assertEquals(outcome.code, 0, `${args}: ${outcome.stderr}`);
    return outcome.stdout;
  };
  call("start", scope.id);
  call("pause", scope.id);
  assertEquals(scope.runtime.state(scope.id).status, "paused");
  call("resume", scope.id);
  assertEquals(call("exec", scope.id, "cat", "/proc/self/cgroup"), "0::/\n");
  // As JSON: ps(1) does not work in the guest.
  assertEquals(JSON.parse(call("ps", "-f", "json", scope.id)), [scope.runtime.state(scope.id).pid]);
  assertEquals(JSON.parse(call("events", "--stats", scope.id)).type, "stats");
  call("update", "--memory", "67108864", "--cpu-quota", "25000", "--pids-limit", "33", scope.id);
  const { MemoryMax, TasksMax, CPUQuotaPerSecUSec } = scope.show();
  assertEquals({ MemoryMax, TasksMax, CPUQuotaPerSecUSec }, {
    MemoryMax: "67108864",
    TasksMax: "33",
    CPUQuotaPerSecUSec: "250ms",
  });
  assertEquals([scope.file("memory.max"), scope.file("pids.max"), scope.file("cpu.max")], [
    "67108864",
    "33",
    "25000 100000",
  ]);
  run("systemctl", ["daemon-reload"]);
  assertEquals([scope.file("memory.max"), scope.file("pids.max")], ["67108864", "33"], "after daemon-reload");
  call("kill", scope.id, "KILL");
  waitUntil("it has stopped", () => scope.runtime.state(scope.id).status === "stopped");
  call("delete", scope.id);
  assert(!scope.isThere);
});

testNeeding(
  [guest, systemd, runt],
  "a quota that is no hundredth is rounded up, in the unit and in the cgroup",
  () => {
    using scope = new Scope(RUNT, ({ linux }) => linux.resources.cpu = { quota: 50001, period: 100000 });
    scope.create();
    assertEquals([scope.show().CPUQuotaPerSecUSec, scope.file("cpu.max")], ["510ms", "51000 100000"]);
  },
);

testNeeding(
  [guest, systemd, runt],
  "a period without a quota is the cgroup's, though systemd forgets it",
  () => {
    using scope = new Scope(RUNT, ({ linux }) => linux.resources.cpu = { period: 1_000_000 });
    scope.create();
    scope.runtime.must(["start", scope.id]);
    assertEquals(scope.file("cpu.max"), "max 1000000");
  },
);

testNeeding([guest, systemd, runt], "an idle cgroup takes no weight, and a weight ends its idleness", () => {
  using scope = new Scope(RUNT);
  scope.create();
  const update = (...flags: string[]) => {
    const { stderr } = scope.runtime.must(["update", ...flags, scope.id]);
    return [stderr.includes("unable to apply both"), scope.file("cpu.idle")];
  };
  assertEquals(update("--cpu-share", "200", "--cpu-idle", "1"), [true, "1"]);
  assertEquals(update("--cpu-share", "200"), [false, "0"]);
  const file = `${scope.runtime.root}/r.json`;
  for (
    const [unified, expected] of [[{ "cpu.idle": "1", "cpu.weight": "8" }, "1"], [{ "cpu.weight": "8" }, "0"]]
  ) {
    Deno.writeTextFileSync(file, JSON.stringify({ unified }));
    assertEquals(update("--resources", file), [expected === "1", expected]);
  }
  Deno.removeSync(file);
});

testNeeding(
  [guest, systemd, runt],
  "a limit below what is in use is refused before systemd hears of it",
  () => {
    using scope = new Scope(RUNT);
    scope.create();
    scope.runtime.must(["start", scope.id]);
    const file = `${scope.runtime.root}/r.json`;
    Deno.writeTextFileSync(file, JSON.stringify({ memory: { limit: 4096, checkBeforeUpdate: true } }));
    const { code, stderr } = scope.runtime.call(["update", "-r", file, scope.id]);
    Deno.removeSync(file);
    assertEquals(code, 1);
    assertMatch(stderr, /rejecting memory limit 4096 <= usage/);
    assertEquals(scope.runtime.state(scope.id).status, "running");
  },
);

testNeeding([guest, systemd, runt], "an update that the kernel refuses leaves the unit as it was", () => {
  using scope = new Scope(RUNT, ({ linux }) => linux.resources.pids = { limit: 44 });
  scope.create();
  const file = `${scope.runtime.root}/r.json`;
  Deno.writeTextFileSync(file, JSON.stringify({ pids: { limit: 55 }, unified: { "memory.nonsense": "1" } }));
  const { code, stderr } = scope.runtime.call(["update", "-r", file, scope.id]);
  Deno.removeSync(file);
  assertEquals(code, 1, stderr);
  assertEquals([scope.show().TasksMax, scope.file("pids.max")], ["44", "44"]);
});

testNeeding([guest, systemd, runt], "a create that fails after its scope was started leaves no unit", () => {
  using scope = new Scope(RUNT, ({ process }) => process.args = ["/nothing/here"]);
  const outcome = scope.runtime.create(scope.bundle.directory, scope.id);
  assertEquals(outcome.code, 1);
  assertMatch(outcome.stderr, /no such file or directory/);
  assert(!scope.isThere, "unit");
  assert(!cgroupExists(`/runttest.slice/runttest-a.slice/${scope.unit}`), "cgroup");
});

testNeeding(
  [guest, systemd, runt],
  "a unit of the same name that lives is refused, one that has failed is reset",
  () => {
    using scope = new Scope(RUNT);
    const streams = { stdout: "null", stderr: "null" } as const;
    run("systemd-run", ["--unit", scope.unit, "--scope", "--quiet", "sh", "-c", "sleep 1000 &"], streams);
    using other = new Scope(RUNT, ({ linux }) => linux.cgroupsPath = `system.slice:test:${scope.id}`);
    const outcome = other.runtime.create(other.bundle.directory, other.id);
    assertEquals(outcome.code, 1);
    assertMatch(outcome.stderr, /container's cgroup is not empty|was already loaded/);
    run("systemctl", ["kill", "-s", "KILL", scope.unit]);
  },
);

testNeeding([guest, systemd, runt], "what systemd refuses is told in its words, with the unit's name", () => {
  using scope = new Scope(RUNT, (config) => {
    config.annotations = { "org.systemd.property.NoSuchThing": "true" };
  });
  const { code, stderr } = scope.runtime.create(scope.bundle.directory, scope.id);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /unable to apply cgroup configuration: unable to start unit \\?"test-.*\.scope\\?" \(properties \[/,
  );
  assertMatch(stderr, /NoSuchThing/);
  assert(!scope.isThere);
});

testNeeding(
  [guest, systemd, runt],
  "killed at any moment, create leaves no unit that delete --force does not remove",
  () => {
    using scope = new Scope(RUNT);
    for (let delay = 100; delay < 700; delay += 100) {
      const command = [
        RUNT,
        "--root",
        scope.runtime.root,
        ...SYSTEMD,
        "create",
        "-b",
        scope.bundle.directory,
        scope.id,
      ];
      const seconds = (delay / 1000).toFixed(3);
      run("sh", ["-c", 'exec timeout -s KILL "$@" >/dev/null 2>&1', "sh", seconds, ...command]);
      scope.runtime.must(["delete", "--force", scope.id]);
      waitUntil(`the unit is gone after ${delay} ms`, () => !scope.isThere);
      assert(!cgroupExists(`/runttest.slice/runttest-a.slice/${scope.unit}`), `cgroup after ${delay} ms`);
      assertEquals([...Deno.readDirSync(scope.runtime.root)].filter(({ isDirectory }) => isDirectory), []);
    }
  },
);
