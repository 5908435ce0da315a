/** containerd's shim, which drives a runtime, does the same with runt and with runc. */
import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, waitUntil } from "../support/runtime.ts";
import { Containerd } from "./containerd.ts";

const NEEDS = [root, program("containerd"), program("ctr"), program("runc")];

/** Numbers that no two containers share. */
function normalise(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value).replace(/runt-containerd-\w+/g, "DIRECTORY").replace(/\brun[tc]\b/g, "RUNTIME")
      .replace(/error during container init: |process\.args\[0\]: /g, "").replace(/time=\\"[^"]*"/g, "TIME")
      // A column is as wide as the longest number in it.
      .replace(/\b\d{3,}\b/g, "N").replace(/ {2,}/g, "  "),
  );
}

async function compare(look: (containerd: Containerd, id: string) => unknown): Promise<void> {
  const seen: unknown[] = [];
  for (const runtime of [RUNT, "runc"]) {
    await using containerd = new Containerd(runtime);
    seen.push(normalise(look(containerd, `test-${Deno.pid}`)));
  }
  assertEquals(seen[0], seen[1]);
}

function isRunning(containerd: Containerd): boolean {
  return containerd.call(["task", "ls"]).stdout.includes("RUNNING");
}

testNeeding(NEEDS, "ctr run is the same under runt and runc", async () => {
  const mounts = "awk '{print $5, $6}' /proc/self/mountinfo | sort";
  const cases: Record<string, [flags: string[], script: string]> = {
    plain: [[], "echo out; echo err >&2; id; exit 7"],
    mounts: [[], mounts],
    "read-only": [["--read-only"], "touch /x"],
    mount: [["--mount", "type=bind,src=/etc,dst=/mnt,options=rbind:ro"], "ls -d /mnt/passwd; touch /mnt/x"],
    memory: [["--memory-limit", "33554432"], "cat /sys/fs/cgroup/memory/memory.limit_in_bytes"],
    cpus: [["--cpus", "0.5"], "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us"],
    capabilities: [["--cap-add", "CAP_SYS_TIME", "--cap-drop", "CAP_CHOWN"], "grep Cap /proc/self/status"],
    privileged: [["--privileged"], "grep Cap /proc/self/status"],
    network: [["--net-host"], "ip link | grep -c ^[0-9]"],
    directory: [["--cwd", "/tmp", "--env", "A=1"], "pwd; echo $A"],
    device: [["--device", "/dev/fuse"], "ls /dev/fuse"],
    limits: [["--no-pivot"], "ulimit -n"],
    labels: [["--annotation", "a=b"], "cat /proc/self/cgroup | wc -l"],
  };
  await compare((containerd, id) =>
    Object.entries(cases).map(([name, [flags, script]]) => [
      name,
      containerd.run(id, ["--rm", ...flags], script),
    ])
  );
});

testNeeding(NEEDS, "ctr's tasks live the same life under runt and runc", async () => {
  const script = "trap 'echo stopped; exit 3' TERM; echo ready; while :; do usleep 20000; done";
  await compare((containerd, id) => {
    const started = containerd.run(id, ["--detach", "--log-uri", `file://${containerd.rootfs}/log`], script);
    const steps = [
      ["task", "ls"],
      ["task", "pause", id],
      ["task", "ls"],
      ["task", "resume", id],
      ["task", "exec", "--exec-id", "e1", id, "sh", "-c", "echo inside; cat /proc/1/comm; exit 5"],
      ["task", "exec", "--exec-id", "e2", "--cwd", "/tmp", "--user", "1000", id, "sh", "-c", "id; pwd"],
      ["task", "exec", "--exec-id", "e3", id, "no-such-program"],
      ["task", "delete", id],
      ["task", "kill", "--signal", "SIGTERM", id],
      ["task", "delete", id],
      ["task", "ls"],
      ["task", "start", "--detach", "--null-io", id],
      ["task", "kill", "--signal", "SIGKILL", "--all", id],
      ["task", "delete", id],
      ["container", "delete", id],
      ["container", "ls"],
    ];
    return [
      started,
      ...steps.map((step) => {
        const outcome = containerd.call(step);
        if (step[1] === "kill") waitUntil("it has ended", () => !isRunning(containerd));
        return [step.join(" "), outcome];
      }),
    ];
  });
});

testNeeding(NEEDS, "ctr counts a task's processes and its memory", async () => {
  await compare((containerd, id) => {
    containerd.run(id, ["--detach", "--null-io"], "sleep 100 & sleep 100");
    const { stdout } = containerd.call(["task", "metrics", id]);
    const processes = containerd.call(["task", "ps", id]).stdout.trim().split("\n").length;
    return [stdout.split("\n").map((line) => line.split(/\s+/)[0]), processes];
  });
});

testNeeding(NEEDS, "containerd tells of what cannot be started as under runc", async () => {
  await compare((containerd, id) => [
    containerd.run(id, ["--rm", "--mount", "type=bind,src=/no/such,dst=/x,options=bind"], "true").code,
    containerd.call(["run", "--rm", "--rootfs", containerd.rootfs, id, "/no/such/program"]),
    containerd.call(["container", "ls", "-q"]),
  ]);
});
