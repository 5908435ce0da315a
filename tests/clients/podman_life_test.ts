/** podman's other commands, one after the other on one container, under runt and under runc. */
import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT } from "../support/runtime.ts";
import { IMAGE, Podman, RUN_FLAGS } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon"), program("runc")];
const NO_NETWORK = ["--network", "none"];
const START = ["run", "--detach", ...NO_NETWORK, ...RUN_FLAGS];
const LOOP = ["sh", "-c", "trap 'echo stopped; exit 3' TERM; echo ready; while :; do usleep 20000; done"];

/** Names, numbers and times that no two containers share. */
function normalise(text: string, podman: Podman): string {
  return text.replaceAll(podman.runtime, "RUNTIME").replace(/\bru(nt|nc)\b/g, "RUNTIME")
    .replace(/[0-9a-f]{64}/g, "ID").replace(/\b[0-9a-f]{12}\b/g, "ID").replace(/runt-podman-\w+/g, "PODMAN")
    // Where runt says more: the place in config.json and a hint; and where runc says what it did.
    .replace(
      /error during container init: |process\.args\[0\]: |mounts\[\d\]: | \(via .*?\), flags: \w+/g,
      "",
    )
    .replace(/ \(a directory can be mounted .*?\)/, "")
    .replace(/time=\\"[^"]*"/g, "TIME").replace(/\d+(\.\d+)?(ms|s|m|MB|kB|B)\b/g, "N$2").replace(
      /\d+\.\d+%/g,
      "N%",
    );
}

type Step = readonly string[];

/** Runs all steps; waits a moment for a container that a step has changed. */
function follow(runtime: string, steps: readonly Step[]): string[] {
  using podman = new Podman(runtime, [], { asRunc: true });
  return steps.map((step) => {
    const { code, stdout, stderr } = podman.call(step);
    return normalise(JSON.stringify([step.join(" "), code, stdout, stderr]), podman);
  });
}

function compare(steps: readonly Step[]): void {
  const [runt, runc] = [RUNT, "runc"].map((runtime) => follow(runtime, steps));
  assertEquals(runt, runc);
}

const STATUS = [
  "inspect",
  "--format",
  "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Error}}",
  "c",
];

testNeeding(NEEDS, "podman stop, kill, wait, restart and logs", () => {
  compare([
    [...START, "--name", "c", IMAGE, ...LOOP],
    STATUS,
    ["stop", "--time", "5", "c"],
    STATUS,
    ["logs", "c"],
    ["start", "c"],
    ["kill", "--signal", "TERM", "c"],
    ["wait", "c"],
    STATUS,
    ["restart", "c"],
    ["restart", "--time", "2", "c"],
    ["kill", "c"],
    ["wait", "c"],
    STATUS,
    ["logs", "--tail", "1", "c"],
    ["kill", "c"],
    ["stop", "c"],
    ["rm", "c"],
    ["wait", "c"],
  ]);
});

testNeeding(NEEDS, "podman pause, unpause, top and stats", () => {
  compare([
    [...START, "--name", "c", IMAGE, ...LOOP],
    ["pause", "c"],
    STATUS,
    ["pause", "c"],
    ["unpause", "c"],
    STATUS,
    ["unpause", "c"],
    ["top", "c", "user", "group", "comm", "state", "capbnd"],
    ["stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "c"],
    ["pause", "c"],
    ["stop", "--time", "1", "c"],
    ["kill", "c"],
    ["rm", "--force", "--time", "0", "c"],
  ]);
});

testNeeding(NEEDS, "podman cp and commit", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-copy-" });
  Deno.writeTextFileSync(`${directory}/in`, "copied\n");
  try {
    compare([
      [...START, "--name", "c", IMAGE, ...LOOP],
      ["cp", `${directory}/in`, "c:/tmp/file"],
      ["cp", "c:/tmp/file", `${directory}/out`],
      ["commit", "--quiet", "--pause", "c", "localhost/committed"],
      ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "localhost/committed", "cat", "/tmp/file"],
      STATUS,
      ["rm", "--force", "--time", "0", "c"],
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

testNeeding(NEEDS, "podman create, start --attach, and restart policies", () => {
  compare([
    [
      "create",
      ...NO_NETWORK,
      ...RUN_FLAGS,
      "--name",
      "c",
      IMAGE,
      "sh",
      "-c",
      "echo out; echo err >&2; exit 5",
    ],
    STATUS,
    ["start", "--attach", "c"],
    STATUS,
    ["start", "--attach", "c"],
    ["logs", "c"],
    ["rm", "c"],
    [
      "run",
      "--name",
      "c",
      ...NO_NETWORK,
      ...RUN_FLAGS,
      "--restart",
      "on-failure:2",
      IMAGE,
      "sh",
      "-c",
      "echo x; exit 4",
    ],
    ["inspect", "--format", "{{.RestartCount}}", "c"],
    ["rm", "c"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "--timeout", "1", IMAGE, "sleep", "100"],
  ]);
});

testNeeding(NEEDS, "podman tells of what cannot be started as under runc", () => {
  compare([
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, IMAGE, "no-such-program"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, IMAGE, "/no/such/program"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, IMAGE, "/etc/passwd"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "--workdir", "/no/such/directory", IMAGE, "true"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "--workdir", "/etc/passwd", IMAGE, "true"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "--device", "/dev/no-such-device", IMAGE, "true"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "-v", "/etc/passwd:/tmp", IMAGE, "true"],
    ["run", "--rm", ...NO_NETWORK, ...RUN_FLAGS, "-v", "/etc:/etc/passwd", IMAGE, "true"],
    ["ps", "--all", "--quiet"],
  ]);
});

testNeeding(NEEDS, "podman's pods share namespaces", () => {
  const inPod = ["run", "--rm", "--pod", "p", ...RUN_FLAGS, IMAGE];
  compare([
    [
      "pod",
      "create",
      "--name",
      "p",
      "--security-opt",
      "seccomp=unconfined",
      "--hostname",
      "pod",
      ...NO_NETWORK,
      "--infra-image",
      IMAGE,
      "--infra-command",
      "sleep 1000",
      "--share",
      "ipc,net,uts,pid",
    ],
    ["pod", "start", "p"],
    [...inPod, "sh", "-c", "hostname; ps | grep -c 'sleep [1]'; ip link | grep -c '^[0-9]'"],
    ["run", "--detach", "--pod", "p", "--name", "c", ...RUN_FLAGS, IMAGE, ...LOOP],
    [...inPod, "sh", "-c", "ps | grep -c 'sleep [1]'; ps | grep -q '[e]cho ready' && echo there"],
    ["pod", "pause", "p"],
    ["pod", "unpause", "p"],
    ["pod", "stop", "--time", "2", "p"],
    STATUS,
    ["pod", "inspect", "--format", "{{.State}}", "p"],
    ["pod", "start", "p"],
    ["pod", "rm", "--force", "p"],
    ["ps", "--all", "--quiet"],
  ]);
});
