/**
 * `--systemd-cgroup` on a host without systemd: a server that speaks its D-Bus stands in for it, on /run of a mount namespace.
 * What a real one makes of it is in tests/guest/suite/systemd_cgroup_test.ts.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import type { Recorded } from "../support/fake_systemd.ts";
import { cgroupV1, root, testNeeding } from "../support/needs.ts";
import { type Outcome, run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const FAKE = new URL("../support/fake_systemd.ts", import.meta.url).pathname;
/** Runs a command where `$1` is /run/systemd. */
const ON_RUN =
  'mount -t tmpfs none /run && mkdir -p /run/systemd && mount --bind "$1" /run/systemd && shift && exec "$@"';

/** A systemd that is none, with runt beside it. */
class Host implements Disposable {
  readonly runtime = new Runtime();
  readonly id = this.runtime.newId();
  readonly unit = `p-${this.id}.scope`;
  readonly #directory = Deno.makeTempDirSync({ prefix: "runt-systemd-" });
  readonly #process: Deno.ChildProcess;
  readonly #bundle;

  constructor(answers: readonly string[] = [], change: (config: Config) => void = () => {}) {
    Deno.mkdirSync(`${this.#directory}/system`);
    this.#bundle = makeBundle((config) => {
      config.process.args = ["sleep", "1000"];
      config.linux.cgroupsPath = `runttest-a.slice:p:${this.id}`;
      change(config);
    });
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", FAKE, `${this.#directory}/private`, this.#record, ...answers],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    waitUntil("it listens", () => run("test", ["-S", `${this.#directory}/private`]).code === 0);
  }

  /** A command; its streams are files, which a container may keep. */
  call(...args: string[]): Outcome {
    const output = `${this.#directory}/output`;
    const command = [RUNT, "--root", this.runtime.root, ...args];
    const script = `${ON_RUN} >"${output}" 2>&1`;
    const { code } = run("unshare", [
      "-m",
      "--propagation",
      "private",
      "sh",
      "-c",
      script,
      "sh",
      this.#directory,
      ...command,
    ]);
    return { code, stdout: Deno.readTextFileSync(output), stderr: "" };
  }

  must(...args: string[]): string {
    const outcome = this.call(...args);
    assertEquals(outcome.code, 0, `${args.join(" ")}: ${outcome.stdout}`);
    return outcome.stdout;
  }

  create(): Outcome {
    return this.call("--systemd-cgroup", "create", "-b", this.#bundle.directory, this.id);
  }

  get #record(): string {
    return `${this.#directory}/record`;
  }

  /** What it was asked. */
  get asked(): Recorded[] {
    const lines = Deno.readTextFileSync(this.#record).trim().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  get members(): string[] {
    return this.asked.map(({ member }) => member);
  }

  /** Cgroups of this unit. */
  get cgroups(): string[] {
    return run("find", ["/sys/fs/cgroup", "-name", this.unit]).stdout.split("\n").filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.call("delete", "--force", this.id);
    this[Symbol.dispose]();
    await this.#process.status;
  }

  [Symbol.dispose](): void {
    this.#process.kill("SIGKILL");
    this.runtime[Symbol.dispose]();
    this.#bundle[Symbol.dispose]();
    for (const above of ["runttest.slice/runttest-a.slice", "runttest.slice"]) {
      for (const hierarchy of Deno.readDirSync("/sys/fs/cgroup")) {
        run("rmdir", [`/sys/fs/cgroup/${hierarchy.name}/${above}`]);
      }
    }
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

const needs = [root, cgroupV1];

testNeeding(needs, "systemd is asked for a scope with the process in it, and for its end", async () => {
  await using host = new Host([], ({ linux }) => {
    linux.resources = { memory: { limit: 50 << 20 }, pids: { limit: 33 }, devices: linux.resources.devices };
  });
  const created = host.create();
  assertEquals(created.code, 0, created.stdout);
  const { pid } = host.runtime.state(host.id);
  const [start] = host.asked.filter(({ member }) => member === "StartTransientUnit");
  const [name, mode, properties] = start!.body as [string, string, [string, { value: unknown }][]];
  assertEquals([name, mode], [host.unit, "replace"]);
  assertEquals(properties.map(([name, { value }]) => [name, value]), [
    ["Description", `libcontainer container ${host.id}`],
    ["Slice", "runttest-a.slice"],
    ["Delegate", true],
    ["PIDs", [pid]],
    ["MemoryAccounting", true],
    ["CPUAccounting", true],
    ["BlockIOAccounting", true],
    ["TasksAccounting", true],
    ["DefaultDependencies", false],
    ["MemoryLimit", String(50 << 20)],
  ]);
  const [set] = host.asked.filter(({ member }) => member === "SetUnitProperties");
  const names = (set!.body[2] as [string, unknown][]).map(([name]) => name);
  assertEquals(names, ["DeviceAllow", "DevicePolicy", "DeviceAllow", "TasksMax"]);
  const memory = host.cgroups.find((path) => path.includes("/memory/"));
  assertEquals(memory, `/sys/fs/cgroup/memory/runttest.slice/runttest-a.slice/${host.unit}`);
  assertEquals(Deno.readTextFileSync(`${memory}/memory.limit_in_bytes`), `${50 << 20}\n`);
  assertEquals(Deno.readTextFileSync(`${memory}/cgroup.procs`), `${pid}\n`);
  host.must("update", "--memory", "60000000", host.id);
  assertEquals(Deno.readTextFileSync(`${memory}/memory.limit_in_bytes`), "59998208\n");
  host.must("delete", "--force", host.id);
  assertEquals(host.members.slice(-2), ["StopUnit", "ResetFailedUnit"]);
  assertEquals(host.cgroups, []);
});

testNeeding(needs, "a failed unit of the same name is reset, and the scope started then", async () => {
  await using host = new Host(["StartTransientUnit=exists"]);
  assertEquals(host.create().code, 0);
  assertEquals(host.members.slice(0, 3), ["StartTransientUnit", "ResetFailedUnit", "StartTransientUnit"]);
});

for (
  const [answer, text] of [
    ["failed", /error creating systemd unit `p-.*\.scope`: got `failed`/],
    [
      "refused",
      /unable to apply cgroup configuration: unable to start unit \\?"p-.*\.scope\\?" \(properties \[.*\]\): Not today/,
    ],
    ["hangup", /systemd did not answer StartTransientUnit: the connection was closed/],
  ] as const
) {
  testNeeding(needs, `a scope that cannot be started leaves nothing: ${answer}`, async () => {
    await using host = new Host([`StartTransientUnit=${answer}`]);
    const outcome = host.create();
    assertEquals(outcome.code, 1);
    assertMatch(outcome.stdout, text);
    assertEquals(host.cgroups, []);
    assertEquals([...Deno.readDirSync(host.runtime.root)].filter(({ isDirectory }) => isDirectory), []);
  });
}

testNeeding(
  needs,
  "a property that systemd refuses later leaves nothing, and the unit is stopped",
  async () => {
    await using host = new Host(["SetUnitProperties=refused"]);
    const outcome = host.create();
    assertEquals(outcome.code, 1);
    assertMatch(outcome.stdout, /unable to set unit properties: Not today/);
    assert(host.members.includes("StopUnit"));
    assertEquals(host.cgroups, []);
  },
);

testNeeding(needs, "delete goes on without systemd, with a warning", async () => {
  await using host = new Host(["StopUnit=hangup"]);
  assertEquals(host.create().code, 0);
  const text = host.must("delete", "--force", host.id);
  assertMatch(text, /cannot stop p-.*\.scope: systemd did not answer StopUnit/);
  assertEquals(host.cgroups, []);
});

testNeeding([root], "a host without systemd is told so in runc's words", () => {
  using runtime = new Runtime(RUNT, ["--systemd-cgroup"]);
  using bundle = makeBundle();
  const { code, stderr } = runtime.run(bundle.directory);
  if (run("test", ["-d", "/run/systemd/system"]).code === 0) return;
  assertEquals(code, 1);
  assertMatch(stderr, /systemd not running on this host, cannot use systemd cgroups manager/);
});

testNeeding([root], "what is no slice:prefix:name, no slice or no property is refused", () => {
  const cases: [RegExp, (config: Config) => void][] = [
    [
      /expected cgroupsPath to be of format \\?"slice:prefix:name\\?"/,
      ({ linux }) => linux.cgroupsPath = "/a/b",
    ],
    [/annotation org.systemd.property.Abc=maybe value parse error/, (config) => {
      config.annotations = { "org.systemd.property.Abc": "maybe" };
    }],
  ];
  for (const [text, change] of cases) {
    using runtime = new Runtime(RUNT, ["--systemd-cgroup"]);
    using bundle = makeBundle(change);
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals(code, 1);
    assertMatch(stderr, text);
  }
});
