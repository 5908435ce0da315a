import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, waitUntil } from "../support/runtime.ts";
import { Podman } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon")];
const NO_NETWORK = ["--network", "none"];

/** Ids that the runtime has left in its default root, where podman has it keep them. */
function containersOfRuntime(): string[] {
  return run(RUNT, ["list", "--quiet"]).stdout.split("\n").filter(Boolean);
}

testNeeding(NEEDS, "podman run prints what the container prints, and leaves nothing", () => {
  using podman = new Podman();
  const before = containersOfRuntime();
  assertEquals(podman.run(["--rm", ...NO_NETWORK], ["echo", "ok"]), { code: 0, stdout: "ok\n", stderr: "" });
  assertEquals(containersOfRuntime(), before);
  assertEquals(podman.must(["ps", "--all", "--quiet"]), "");
});

testNeeding(NEEDS, "podman run with a network of its own has an address", () => {
  using podman = new Podman();
  const { code, stdout, stderr } = podman.run(["--rm"], ["ip", "-4", "address", "show"]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "eth0");
});

testNeeding(NEEDS, "podman run ends with the program's exit code", () => {
  using podman = new Podman();
  for (const code of [0, 1, 7, 255]) {
    assertEquals(podman.run(["--rm", ...NO_NETWORK], ["sh", "-c", `exit ${code}`]).code, code);
  }
});

testNeeding(NEEDS, "podman knows a missing program (127) from one that cannot be executed (126)", () => {
  using podman = new Podman();
  assertEquals(podman.run(["--rm", ...NO_NETWORK], ["no-such-program"]).code, 127);
  assertEquals(podman.run(["--rm", ...NO_NETWORK], ["/no/such/program"]).code, 127);
  assertEquals(podman.run(["--rm", ...NO_NETWORK], ["/etc/passwd"]).code, 126);
  assertEquals(podman.run(["--rm", ...NO_NETWORK], ["/etc"]).code, 126);
  podman.run(["--detach", "--name", "c", ...NO_NETWORK], ["sleep", "1000"]);
  for (const [file, code] of [["no-such-program", 127], ["/etc/passwd", 126], ["/etc", 126]] as const) {
    assertEquals(podman.call(["exec", "c", file]).code, code, file);
  }
});

testNeeding(NEEDS, "podman run --detach, inspect, stop, start and rm follow a container's life", () => {
  using podman = new Podman();
  // It ends at the first SIGTERM.
  const program = ["sh", "-c", "trap 'exit 3' TERM; while true; do usleep 20000; done"];
  const started = podman.run(["--detach", ...NO_NETWORK], program);
  assertEquals([started.code, started.stderr], [0, ""]);
  const id = started.stdout.trim();
  assertEquals(podman.inspect(id, "{{.State.Status}} {{.OCIRuntime}}"), `running ${RUNT}`);
  const pid = Number(podman.inspect(id, "{{.State.Pid}}"));
  assert(Deno.statSync(`/proc/${pid}`).isDirectory);
  assertEquals(JSON.parse(run(RUNT, ["state", id]).stdout).pid, pid);
  podman.must(["stop", "--time", "10", id]);
  assertEquals(podman.inspect(id, "{{.State.Status}} {{.State.ExitCode}}"), "exited 3");
  podman.must(["start", id]);
  assertEquals(podman.inspect(id, "{{.State.Status}}"), "running");
  podman.must(["rm", "--force", "--time", "0", id]);
  assertEquals(podman.must(["ps", "--all", "--quiet"]), "");
  assert(!containersOfRuntime().includes(id));
  waitUntil("its cgroup is gone", () => findCgroups(id).length === 0);
});

testNeeding(NEEDS, "podman kill ends a container by its signal", () => {
  using podman = new Podman();
  const id = podman.run(["--detach", ...NO_NETWORK], ["sleep", "100"]).stdout.trim();
  podman.must(["kill", "--signal", "KILL", id]);
  assertEquals(podman.must(["wait", id]), "137");
  assertEquals(podman.inspect(id, "{{.State.Status}}"), "exited");
});

testNeeding(NEEDS, "podman's limits reach the container's cgroup", () => {
  using podman = new Podman();
  const id = podman.run(["--detach", "--memory", "32m", "--pids-limit", "33", ...NO_NETWORK], [
    "sleep",
    "100",
  ])
    .stdout.trim();
  const values = ["memory.limit_in_bytes", "memory.max", "pids.max"].flatMap((file) =>
    findCgroups(id).flatMap((directory) => readIfThere(`${directory}/${file}`))
  );
  assertEquals(values, ["33554432", "33"]);
});

testNeeding(NEEDS, "podman's volumes, users, environment and working directory arrive", () => {
  using podman = new Podman();
  const directory = Deno.makeTempDirSync({ prefix: "runt-volume-" });
  try {
    Deno.chmodSync(directory, 0o777);
    const flags = ["--rm", ...NO_NETWORK, "--volume", `${directory}:/data`, "--user", "1000:1000"];
    const script = "id -u; pwd; echo $WORD; echo written > file";
    const outcome = podman.run([...flags, "--env", "WORD=hello", "--workdir", "/data"], ["sh", "-c", script]);
    assertEquals(outcome, { code: 0, stdout: "1000\n/data\nhello\n", stderr: "" });
    assertEquals(Deno.readTextFileSync(`${directory}/file`), "written\n");
    assertEquals(Deno.statSync(`${directory}/file`).uid, 1000);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Directories of cgroups with a container's id in their name. */
function findCgroups(id: string): string[] {
  return run("find", ["/sys/fs/cgroup", "-type", "d", "-name", `*${id}*`, "-not", "-name", "*conmon*"]).stdout
    .split("\n").filter(Boolean);
}

function readIfThere(path: string): string[] {
  try {
    return [Deno.readTextFileSync(path).trim()];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
