/** `update` under the built executable and under runc, on cgroup v1: the same flags, and the same limits after it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { cgroupV1, program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";
import { lastLine, parseLogLine } from "../support/side_by_side.ts";

const FILES = {
  memory: ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.soft_limit_in_bytes"],
  cpu: ["cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us"],
  cpuset: ["cpuset.cpus", "cpuset.mems"],
  pids: ["pids.max"],
  blkio: ["blkio.bfq.weight"],
};

/** The limits of a container's cgroups, as the kernel has them. */
function limits(id: string): Record<string, string> {
  const { stdout } = new Deno.Command("find", { args: ["/sys/fs/cgroup", "-type", "d", "-name", id] })
    .outputSync();
  const dirs = new TextDecoder().decode(stdout).trim().split("\n");
  const found: Record<string, string> = {};
  for (const [controller, names] of Object.entries(FILES)) {
    const dir = dirs.find((dir) => dir.startsWith(`/sys/fs/cgroup/${controller}/`));
    for (const name of dir ? names : []) {
      try {
        found[name] = Deno.readTextFileSync(`${dir}/${name}`).trim();
      } catch { /* this kernel does not have it */ }
    }
  }
  return found;
}

/** Each is one call: flags, and what is on standard input. */
const CALLS: readonly (readonly [args: readonly string[], stdin?: string])[] = [
  [[]],
  [["--memory", "64M", "--memory-reservation", "32m", "--memory-swap", "128M"]],
  [["--cpu-share", "512", "--cpu-quota", "50000", "--cpu-period", "100000"]],
  [["--cpu-period", "50000"]],
  [["--cpu-quota", "20000"]],
  [["--cpu-quota=-1"]],
  [["--cpuset-cpus", "0", "--cpuset-mems", "0"]],
  [["--pids-limit", "20"]],
  [["--pids-limit", "-1"]],
  [["--blkio-weight", "500"]],
  [["--memory", "96m"]],
  [["--memory", "1.5g", "--memory-swap", "2g"]],
  [["--memory", "-1"]],
  [["--kernel-memory", "10M", "--memory", "80M"]],
  [["--kernel-memory-tcp", "10M"]],
  [["--cpu-rt-period", "900000"]],
  [["-r", "-"], '{"memory":{"limit":67108864},"cpu":{"shares":300},"pids":{"limit":33}}'],
  [["--resources", "-", "--memory", "5"], '{"cpu":{"quota":30000,"period":60000},"blockIO":{"weight":200}}'],
  [["--resources", "-"], "{}"],
  // What is refused changes nothing.
  [["--memory", "1x"]],
  [["--cpu-share", "abc"]],
  [["--cpu-quota", "1.5"]],
  [["--cpu-period", "-1"]],
  [["--cpu-share", "1"]],
  [["--memory", "10"]],
  [["--l3-cache-schema", "L3:0=f"]],
  [["--mem-bw-schema", "MB:0=20"]],
  [["--resources", "/nonexistent"]],
  [["--resources", "-"], '{"unified":{"memory.high":"5"},"pids":{"limit":7}}'],
];

function updateAll(runtimeProgram: string): string[] {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime(runtimeProgram);
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  return CALLS.map(([args, stdin]) => {
    const file = `${runtime.root}/.stdin`;
    Deno.writeTextFileSync(file, stdin ?? "");
    const { code, stderr } = new Deno.Command("sh", {
      args: ["-c", 'exec "$@" <"$0"', file, runtimeProgram, "--root", runtime.root, "update", ...args, id],
    }).outputSync();
    const text = new TextDecoder().decode(stderr);
    const last = text === "" ? "" : parseLogLine(lastLine(text)).message.replace(/ \([^()]*\)$|\d{5,}/g, "");
    return `${args.join(" ")} -> ${code} ${last}\n${JSON.stringify(limits(id), undefined, 1)}`;
  });
}

testNeeding([root, cgroupV1, program("runc")], "each flag of update has runc's effect, and its texts", () => {
  const ours = updateAll(RUNT), theirs = updateAll("runc");
  // Where runc has failed in the middle, it leaves what came before.
  ours.slice(0, 19).forEach((step, i) => assertEquals(step, theirs[i]));
  const said = (step: string) => step.split("\n")[0]!.replace(/linux\.resources\.\w+(\.\w+)?: /, "");
  // runt says more: which file, and why.
  ours.slice(19).forEach((step, i) => {
    const theirText = said(theirs[19 + i]!);
    assertEquals(said(step).slice(0, theirText.length), theirText);
  });
});

testNeeding([root], "of a change that is refused nothing stays", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["update", "--memory", "100M", "--memory-swap", "200M", "--pids-limit", "20", id]);
  const before = limits(id);
  for (const bad of [["--cpu-share", "1"], ["--cpuset-cpus", "99"], ["--blkio-weight", "5000"]]) {
    const args = ["--memory", "300M", "--memory-swap", "400M", "--pids-limit", "7", "--cpu-quota", "5000"];
    assertEquals(runtime.call(["update", ...args, ...bad, id]).code, 1, bad.join(" "));
    assertEquals(limits(id), before, bad.join(" "));
  }
});

testNeeding([root, cgroupV1], "flags of later runcs have their effect, where the kernel has it", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  const read = (name: string) => {
    const { stdout } = new Deno.Command("sh", {
      args: ["-c", `cat $(find /sys/fs/cgroup/cpu -name ${id})/${name}`],
    })
      .outputSync();
    return new TextDecoder().decode(stdout).trim();
  };
  if (read("cpu.idle") !== "") {
    runtime.must(["update", "--cpu-idle", "1", id]);
    assertEquals(read("cpu.idle"), "1");
  }
  runtime.must(["update", "--cpu-quota", "20000", "--cpu-burst", "10000", id]);
  if (read("cpu.cfs_burst_us") !== "") assertEquals(read("cpu.cfs_burst_us"), "10000");
  runtime.must(["update", "--pids-limit", "0", id]);
  assertEquals(limits(id)["pids.max"], "1");
});

testNeeding([root], "update of paused and created containers works, of stopped ones it does not", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["update", "--pids-limit", "20", id]);
  runtime.must(["start", id]);
  runtime.must(["pause", id]);
  runtime.must(["update", "--memory", "50M", id]);
  assertEquals(runtime.state(id).status, "paused");
  runtime.must(["kill", id, "KILL"]);
  while (runtime.state(id).status !== "stopped");
  const { code, stderr } = runtime.call(["update", "--memory", "50M", id]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "container not running");
});

testNeeding(
  [root, cgroupV1],
  "files of cgroup v2 are refused where it is not, and nothing else is changed",
  () => {
    using bundle = makeBundle();
    using runtime = new Runtime();
    const id = runtime.newId(), file = `${runtime.root}/.limits`;
    runtime.create(bundle.directory, id);
    const before = limits(id);
    Deno.writeTextFileSync(file, '{"unified":{"memory.high":"5"},"pids":{"limit":7}}');
    const { code, stderr } = runtime.call(["update", "--resources", file, id]);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      "linux.resources.unified: invalid configuration: cannot use unified on cgroup v1",
    );
    assertEquals(limits(id), before);
  },
);

testNeeding([root], "all problems of a file of limits are told, with their paths", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId(), file = `${runtime.root}/.limits`;
  runtime.create(bundle.directory, id);
  const update = (text: string) => {
    Deno.writeTextFileSync(file, text);
    const { code, stderr } = runtime.call(["update", "--resources", file, id]);
    assertEquals(code, 1);
    return stderr;
  };
  const both = update('{"memory":{"limit":"a"},"cpu":{"shares":-1}}');
  for (const path of ["memory.limit", "cpu.shares", "2 problems"]) assertStringIncludes(both, path);
  assertStringIncludes(update("{bad"), "line 1, column 2");
  assertStringIncludes(update("[]"), "must be an object");
});
