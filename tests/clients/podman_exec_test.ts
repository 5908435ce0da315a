/**
 * `podman exec`, and what podman does with it: health checks, and containers of a pod.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, waitUntil } from "../support/runtime.ts";
import { Podman } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon")];
const NO_NETWORK = ["--network", "none"];

/** A container that sleeps. */
function startSleeping(podman: Podman, flags: readonly string[] = []): string {
  const started = podman.run(["--detach", ...NO_NETWORK, ...flags], ["sleep", "1000"]);
  assertEquals([started.code, started.stderr], [0, ""]);
  return started.stdout.trim();
}

testNeeding(NEEDS, "podman exec prints what the program prints, and ends with its code", () => {
  using podman = new Podman();
  const id = startSleeping(podman);
  assertEquals(podman.call(["exec", id, "echo", "ok"]), { code: 0, stdout: "ok\n", stderr: "" });
  const both = podman.call(["exec", id, "sh", "-c", "echo out; echo err >&2; exit 42"]);
  assertEquals(both, { code: 42, stdout: "out\n", stderr: "err\n" });
  assertEquals(podman.call(["exec", id, "sh", "-c", "kill -9 $$"]).code, 137);
  assertEquals(podman.call(["exec", id, "no-such-program"]).code, 127);
  assertEquals(podman.call(["exec", id, "/etc/passwd"]).code, 126);
});

testNeeding(NEEDS, "podman exec's user, groups, environment, directory and privileges arrive", () => {
  using podman = new Podman();
  const id = startSleeping(podman);
  const script = "id -u; id -g; pwd; echo $WORD $HOME; grep CapEff /proc/self/status";
  const flags = ["--user", "1000:1000", "--env", "WORD=hello", "--workdir", "/tmp"];
  const { stdout, stderr } = podman.call(["exec", ...flags, id, "sh", "-c", script]);
  assertEquals([stdout, stderr], ["1000\n1000\n/tmp\nhello /home/user\nCapEff:\t0000000000000000\n", ""]);
  const privileged = podman.must(["exec", "--privileged", id, "grep", "CapEff", "/proc/self/status"]);
  assertMatch(privileged, /CapEff:\t0{5}1f/);
});

testNeeding(NEEDS, "podman exec --detach leaves the program running, in the container's cgroup", () => {
  using podman = new Podman();
  const id = startSleeping(podman);
  podman.must(["exec", "--detach", id, "sh", "-c", "echo started > /tmp/file; exec sleep 77"]);
  waitUntil("it runs", () => podman.call(["exec", id, "cat", "/tmp/file"]).stdout === "started\n");
  waitUntil("it sleeps", () => podman.call(["exec", id, "ps"]).stdout.includes("sleep 77"));
  podman.must(["rm", "--force", "--time", "0", id]);
});

testNeeding(NEEDS, "podman exec goes on reading what it is given", () => {
  using podman = new Podman();
  const id = startSleeping(podman);
  const command = podman.command(["exec", "--interactive", id, "cat"]);
  assertEquals(run("sh", ["-c", 'echo word | timeout 60 "$@"', "sh", ...command]).stdout, "word\n");
});

testNeeding(NEEDS, "podman healthcheck run tells a healthy container from a sick one", () => {
  using podman = new Podman();
  const flags = [
    "--health-cmd",
    "test -e /tmp/healthy",
    "--health-interval",
    "disable",
    "--health-retries",
    "1",
  ];
  const id = startSleeping(podman, flags);
  assertEquals(podman.call(["healthcheck", "run", id]).code, 1);
  podman.must(["exec", id, "touch", "/tmp/healthy"]);
  assertEquals(podman.call(["healthcheck", "run", id]).code, 0);
  assertEquals(podman.inspect(id, "{{.State.Health.Status}}"), "healthy");
});

testNeeding(NEEDS, "podman exec enters a container that shares namespaces with another one", () => {
  using podman = new Podman();
  const first = startSleeping(podman, ["--hostname", "the-pods"]);
  const shared = ["ipc", "pid", "uts"].flatMap((name) => [`--${name}`, `container:${first}`]);
  const started = podman.run(["--detach", "--network", `container:${first}`, ...shared], ["sleep", "2000"]);
  assertEquals([started.code, started.stderr], [0, ""]);
  const id = started.stdout.trim();
  assertEquals(podman.must(["exec", id, "hostname"]), "the-pods");
  const processes = podman.must(["exec", id, "ps"]);
  assertStringIncludes(processes, "sleep 1000");
  assertStringIncludes(processes, "sleep 2000");
  // podman removes nothing that another one depends on.
  podman.must(["rm", "--force", "--time", "0", id]);
});

testNeeding(NEEDS, "podman exec enters a container with a user namespace", () => {
  using podman = new Podman();
  const maps = ["--uidmap", "0:200000:2000", "--gidmap", "0:200000:2000"];
  const id = startSleeping(podman, maps);
  assertEquals(
    podman.must(["exec", id, "sh", "-c", "id -u; awk '{print $2}' /proc/self/uid_map"]),
    "0\n200000",
  );
  assertEquals(podman.must(["exec", "--user", "1000", id, "id", "-u"]), "1000");
});
