/** Docker, whose shim drives a runtime, does the same with runt and with runc. */
import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, waitUntil } from "../support/runtime.ts";
import { Docker, docker } from "./docker.ts";

const NEEDS = [root, docker, program("containerd"), program("runc")];

/** Names that no two containers share, and runc's words of before 1.2. */
function normalise(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value).replace(/runt-docker-\w+/g, "DIRECTORY").replace(/\b[0-9a-f]{12,64}\b/g, "ID")
      .replace(/\brun[tc]\b/g, "RUNTIME").replace(
        /error during container init: |process\.\w+(\[\d\])?: /g,
        "",
      )
      // A hint of runt's.
      .replace(/ \([A-Z][^()]*\)(?=: unknown)/g, "")
      .replace(/time=\\"[^"]*"[^\n]*?\\n/g, ""),
  );
}

async function compare(look: (docker: Docker) => unknown): Promise<void> {
  const seen: unknown[] = [];
  for (const runtime of [RUNT, "runc"]) {
    await using docker = new Docker(runtime);
    seen.push(normalise(look(docker)));
  }
  assertEquals(seen[0], seen[1]);
}

testNeeding(NEEDS, "docker run is the same under runt and runc", async () => {
  const cases: Record<string, [flags: string[], ...command: string[]]> = {
    "default profile": [
      [],
      "sh",
      "-c",
      "echo out; echo err >&2; grep -E 'Cap|NoNew|Seccomp' /proc/self/status",
    ],
    "exit code": [[], "sh", "-c", "exit 7"],
    signal: [[], "sh", "-c", "kill -9 $$"],
    mounts: [[], "sh", "-c", "awk '{print $5, $6}' /proc/self/mountinfo | grep -v '^/etc' | sort"],
    "read-only": [
      ["--read-only", "--tmpfs", "/t:size=1m"],
      "sh",
      "-c",
      "touch /x; touch /t/x; df /t | tail -1",
    ],
    resources: [
      ["--memory", "64m", "--cpus", "0.5", "--pids-limit", "20", "--cpuset-cpus", "0"],
      "sh",
      "-c",
      "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max cpuset/cpuset.cpus",
    ],
    user: [["--user", "1000:7", "--group-add", "9", "--workdir", "/tmp"], "sh", "-c", "id; pwd"],
    capabilities: [["--cap-drop", "all", "--cap-add", "KILL"], "grep", "Cap", "/proc/self/status"],
    "no new privileges": [["--security-opt", "no-new-privileges"], "grep", "NoNewPrivs", "/proc/self/status"],
    unconfined: [["--security-opt", "seccomp=unconfined"], "grep", "Seccomp:", "/proc/self/status"],
    limits: [["--ulimit", "nofile=100:200"], "sh", "-c", "ulimit -n; ulimit -Hn"],
    device: [["--device", "/dev/fuse:/dev/f:r"], "sh", "-c", "ls -l /dev/f | cut -c1-10; echo x > /dev/f"],
    sysctl: [["--sysctl", "kernel.shm_rmid_forced=1"], "cat", "/proc/sys/kernel/shm_rmid_forced"],
    "host's namespaces": [["--pid", "host", "--ipc", "host", "--uts", "host"], "sh", "-c", "test $$ -gt 1"],
    missing: [[], "no-such-program"],
    "not executable": [[], "/etc/passwd"],
    "a directory": [["--workdir", "/etc/passwd"], "true"],
  };
  await compare((docker) =>
    Object.entries(cases).map((
      [name, [flags, ...command]],
    ) => [name, docker.run(["--rm", ...flags], ...command)])
  );
});

testNeeding(NEEDS, "docker's containers live the same life under runt and runc", async () => {
  const script = "trap 'echo stopped; exit 3' TERM; echo ready; while :; do usleep 20000; done";
  const state = ["inspect", "--format", "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}", "box"];
  await compare((docker) => {
    const isReady = () => docker.call(["logs", "box"]).stdout.includes("ready");
    const seen: unknown[] = [docker.run(["--detach", "--name", "box"], "sh", "-c", script)];
    waitUntil("it is ready", isReady);
    const steps = [
      state,
      ["exec", "box", "sh", "-c", "echo inside; cat /proc/1/comm; exit 5"],
      ["exec", "--user", "1000", "--workdir", "/tmp", "--env", "A=b", "box", "sh", "-c", "id; pwd; echo $A"],
      ["exec", "--privileged", "box", "true"],
      ["exec", "box", "no-such-program"],
      ["exec", "--detach", "box", "sleep", "100"],
      ["pause", "box"],
      state,
      ["exec", "box", "true"],
      ["unpause", "box"],
      ["update", "--memory", "100m", "--memory-swap", "200m", "--cpus", "0.5", "box"],
      [
        "exec",
        "box",
        "cat",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
      ],
      ["stop", "--time", "10", "box"],
      state,
      ["logs", "box"],
      ["start", "box"],
      ["kill", "--signal", "KILL", "box"],
      state,
      ["restart", "box"],
      ["rm", "--force", "box"],
      state,
    ];
    for (const step of steps) seen.push([step, docker.call(step)]);
    return seen;
  });
});
