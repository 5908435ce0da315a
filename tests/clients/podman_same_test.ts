/** What podman's users see under runt is what they see under runc: output, errors and exit codes. */
import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { type Outcome, RUNT } from "../support/runtime.ts";
import { Podman } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon"), program("runc")];
const NO_NETWORK = ["--network", "none"];

/** A `podman run`: flags, and the script of the container. */
type Case = readonly [flags: readonly string[], script: string, normalise?: (text: string) => string];

const MOUNTS = "awk '{print $5, $6}' /proc/self/mountinfo | sort";
const withoutNumbers = (text: string) => text.replace(/\d+/g, "N");

/** Values that no two containers share. */
function withoutNames(text: string): string {
  return text.replace(/[0-9a-f]{64}/g, "ID").replace(/\b[0-9a-f]{12}\b/g, "ID").replace(
    /runt-podman-\w+/g,
    "PODMAN",
  );
}

function runAll(podman: Podman, cases: Readonly<Record<string, Case>>): Record<string, Outcome> {
  return Object.fromEntries(
    Object.entries(cases).map(([name, [flags, script, normalise = (text: string) => text]]) => {
      const network = flags.some((flag) => flag.startsWith("--network") || flag === "--pod")
        ? []
        : NO_NETWORK;
      const { code, stdout, stderr } = podman.run(["--rm", ...network, ...flags], ["sh", "-c", script]);
      return [name, {
        code,
        stdout: normalise(withoutNames(stdout)),
        stderr: withoutNames(stderr).replaceAll(podman.runtime, "RUNTIME"),
      }];
    }),
  );
}

function compare(cases: Readonly<Record<string, Case>>): void {
  const seen = [RUNT, "runc"].map((runtime) => {
    using podman = new Podman(runtime, [], { asRunc: true });
    return runAll(podman, cases);
  });
  for (const name of Object.keys(cases)) assertEquals([name, seen[0]![name]], [name, seen[1]![name]]);
}

testNeeding(NEEDS, "podman run is the same under runt and runc: users, rights and limits", () => {
  compare({
    user: [["--user", "1000:1000"], "id; grep -E '^(Uid|Gid|Groups|Cap|NoNew)' /proc/self/status"],
    "user by name": [["--user", "user"], "id; echo $HOME"],
    "no such user": [["--user", "nobody-at-all"], "id"],
    groups: [["--user", "1000", "--group-add", "7"], "id"],
    "cap-add": [["--cap-add", "SYS_TIME", "--cap-add", "NET_RAW"], "grep Cap /proc/self/status"],
    "cap-drop": [["--cap-drop", "all"], "grep Cap /proc/self/status; chown 1 /tmp; echo $?"],
    privileged: [
      ["--privileged"],
      "grep Cap /proc/self/status; ls /dev | wc -l",
      (text) => text.slice(0, 200),
    ],
    "no-new-privileges": [["--security-opt", "no-new-privileges"], "grep NoNewPrivs /proc/self/status"],
    ulimit: [["--ulimit", "nofile=100:200", "--ulimit", "core=0"], "ulimit -n; ulimit -Hn; ulimit -c"],
    "oom-score-adj": [["--oom-score-adj", "500"], "cat /proc/self/oom_score_adj"],
    "umask and workdir": [["--umask", "0077", "--workdir", "/tmp"], "umask; pwd"],
    env: [
      ["--env", "A=1", "--env", "A=2", "--hostname", "name"],
      "echo $A; hostname; echo $HOSTNAME; echo $PATH",
    ],
    sysctl: [["--sysctl", "kernel.shm_rmid_forced=1"], "cat /proc/sys/kernel/shm_rmid_forced"],
    "bad sysctl": [["--sysctl", "kernel.no_such=1"], "true", withoutNumbers],
    "exit code": [[], "exit 42"],
    signal: [["--init"], "kill -9 $$"],
  });
});

testNeeding(NEEDS, "podman run is the same under runt and runc: files", () => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-volume-" });
  Deno.writeTextFileSync(`${directory}/file`, "text\n");
  Deno.mkdirSync(`${directory}/sub`);
  const options = (mode: string) => ["-v", `${directory}:/data:${mode}`];
  try {
    compare({
      mounts: [[], MOUNTS],
      "read-only": [["--read-only"], `touch /x /tmp/x /run/x /dev/shm/x; ${MOUNTS}`],
      "read-only, no tmpfs": [["--read-only", "--read-only-tmpfs=false"], "touch /x /tmp/x /run/x"],
      tmpfs: [["--tmpfs", "/t:size=1m,mode=700,noexec"], `stat -c '%a %F' /t; ${MOUNTS}; df /t | tail -1`],
      "volume ro": [options("ro"), `cat /data/file; touch /data/x; ${MOUNTS}`],
      "volume rw,noexec,nosuid,nodev": [
        options("rw,noexec,nosuid,nodev"),
        `touch /data/y; ls /data; ${MOUNTS}`,
      ],
      "volume rslave": [options("rslave"), "grep /data /proc/self/mountinfo | grep -o master | sort -u"],
      "volume z,U,nocopy": [options("z,U,nocopy"), MOUNTS],
      "named volume nocopy": [["--volume", "named:/etc:nocopy,Z"], `ls /etc; ${MOUNTS}`],
      "volume O": [options("O"), "touch /data/over; ls /data"],
      "a file": [["-v", `${directory}/file:/etc/a-file:ro`], "cat /etc/a-file; stat -c %F /etc/a-file"],
      "--mount": [
        ["--mount", `type=bind,src=${directory},dst=/m,ro,bind-propagation=private`],
        `ls /m; ${MOUNTS}`,
      ],
      "--mount tmpfs": [["--mount", "type=tmpfs,dst=/m,tmpfs-size=1m"], MOUNTS],
      "missing source": [["-v", "/no/such/source:/data"], "true"],
      "shm-size": [["--shm-size", "1m"], "df /dev/shm | tail -1"],
      device: [
        ["--device", "/dev/fuse:/dev/f:r"],
        "ls -l /dev/f | cut -c1-10; cat /dev/f < /dev/null; echo x > /dev/f",
      ],
      "dev": [[], "ls -l /dev /dev/pts | cut -c1-10,24-40 | sort", withoutNumbers],
      mask: [
        ["--security-opt", "mask=/proc/version"],
        "cat /proc/version; echo $?; stat -c %F /proc/version",
      ],
      unmask: [["--security-opt", "unmask=ALL"], "stat -c '%n %F' /proc/kcore /proc/keys /sys/firmware"],
      masked: [
        [],
        "stat -c '%n %F %t' /proc/kcore /proc/keys /proc/timer_list /sys/firmware /proc/acpi 2>&1",
      ],
      "systemd": [["--systemd=always"], `${MOUNTS}; echo $container`],
    });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

testNeeding(NEEDS, "podman run is the same under runt and runc: namespaces and resources", () => {
  const limits = "cat /proc/self/cgroup | wc -l; for f in memory/memory.limit_in_bytes pids/pids.max " +
    "cpu/cpu.cfs_quota_us cpu/cpu.shares cpuset/cpuset.cpus memory/memory.memsw.limit_in_bytes; do " +
    "echo $f; cat /sys/fs/cgroup/$f; done";
  compare({
    "host's network": [
      ["--network", "host"],
      // podman leaves the bridge of its own network behind at its first use.
      "ip link | grep -v cni | grep -o '^[0-9]*: [a-z0-9]*'",
    ],
    "no network": [["--network", "none"], "ip link | grep -c '^[0-9]'; ip -4 address show lo"],
    "a network": [["--network", "podman"], "ip -4 address | grep -c inet; cat /etc/resolv.conf | wc -l"],
    "host's pids": [
      ["--pid", "host"],
      "[ $(ls -d /proc/[0-9]* | wc -l) -gt 3 ] && echo many; echo $(($$ > 1))",
    ],
    "host's ipc": [["--ipc", "host"], "ls -d /dev/shm"],
    "host's uts": [["--uts", "host"], "hostname"],
    "host's cgroupns": [["--cgroupns", "host"], "cat /proc/self/cgroup", withoutNumbers],
    "private cgroupns": [["--cgroupns", "private"], "cat /proc/self/cgroup"],
    memory: [["--memory", "64m", "--memory-swap", "128m"], limits],
    cpus: [["--cpus", "0.5", "--cpu-shares", "512", "--cpuset-cpus", "0"], limits],
    pids: [["--pids-limit", "20"], `${limits}; for i in 1 2 3 4 5 6 7 8 9; do :; done`],
    "memory too small": [["--memory", "8m"], "x=a; while :; do x=$x$x; done"],
    init: [["--init"], "ps | head -3", withoutNumbers],
    uidmap: [
      ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"],
      "id; cat /proc/self/uid_map; touch /x; stat -c %u /x",
    ],
  });
});
