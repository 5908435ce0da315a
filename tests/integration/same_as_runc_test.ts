/**
 * What a container sees of itself is the same under runc and under runt, but for names and numbers that must differ.
 */
import { assertEquals } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";

const NEEDS = [root, program("runc")];

/** What each look prints, and how to take out what must differ. */
const LOOKS: Readonly<Record<string, readonly [command: string, normalise?: (text: string) => string]>> = {
  id: ["id"],
  status: ["cat /proc/self/status", withoutNumbers],
  mountinfo: ["cat /proc/self/mountinfo", normaliseMountinfo],
  limits: ["cat /proc/self/limits"],
  cgroup: ["cat /proc/self/cgroup"],
  dev: ["ls -l /dev", withoutTimes],
  devNumbers: ["stat -c '%n %F %a %u %g %t %T' /dev/* /dev/pts /dev/pts/* /dev/shm /dev/mqueue"],
  descriptors: ["ls /proc/self/fd"],
  env: ["env"],
  umask: ["umask"],
  pwd: ["pwd"],
  hostname: ["hostname"],
  links: ["ip link 2>/dev/null || cat /proc/net/dev", (text) => text.replace(/\d+/g, "N")],
  signals: ["grep -E '^Sig[^Q]|^Shd' /proc/1/status"],
  session: ["awk '{print $6, $8}' /proc/1/stat"],
  oom: ["cat /proc/self/oom_score_adj"],
  keys: ["cat /proc/self/keys 2>&1 | wc -l"],
  writable: ["touch /x /dev/x /sys/x /proc/sys/kernel/hostname 2>&1; echo"],
  masked: ["for f in /proc/kcore /proc/keys /sys/firmware /proc/timer_list; do stat -c '%F %t %T' $f; done"],
  cwdLink: ["readlink /proc/self/cwd; readlink /proc/self/root; readlink /proc/self/exe"],
  namespaces: ["ls /proc/self/ns"],
  rootDirectory: ["stat -c '%a %u %g' / /dev /proc /sys /tmp"],
};

/** Lines of `status` whose values are counts, addresses of memory or moments. */
function withoutNumbers(text: string): string {
  return text.split("\n")
    .filter((line) =>
      !/^(Vm|Rss|Hugetlb|SigQ|voluntary|nonvoluntary|Mems_allowed|Threads|x86_Thread|untag)/.test(line)
    )
    .map((line) => line.replace(/^((?:Tgid|Ngid|Pid|PPid|NS\w+):).*/, "$1 N"))
    .join("\n");
}

/** Mount ids and devices are counted by the kernel; the bundle's own path is in the root's line. */
function normaliseMountinfo(text: string): string {
  return text.split("\n").map((line) => {
    const fields = line.split(" ");
    if (fields.length < 5) return line;
    const device = fields[2]!.startsWith("0:") ? "0:N" : fields[2];
    const from = fields[3]!.replace(/runt-bundle-\w+/, "BUNDLE").replace(/\/(t\d+-\w+-\d+)/, "/ID");
    return ["N", "N", device, from, ...fields.slice(4)].join(" ").replace(
      /(master|shared|propagate_from):\d+/g,
      "$1:N",
    );
  }).join("\n");
}

function withoutTimes(text: string): string {
  return text.replace(/[A-Z][a-z]{2} [ \d]\d +[\d:]+ /g, "TIME ").replace(/[ ]+/g, " ");
}

function look(program: string, bundle: Bundle, change: (config: Config) => void): Record<string, string> {
  const commands = Object.entries(LOOKS).map(([name, [command]]) => `echo '=== ${name}'; ${command}`);
  bundle.update((config) => {
    config.process.args = ["sh", "-c", commands.join("\n")];
    change(config);
  });
  using runtime = new Runtime(program);
  const { stdout, stderr } = runtime.run(bundle.directory);
  const seen: Record<string, string> = {};
  for (const part of stdout.split("=== ").slice(1)) {
    const at = part.indexOf("\n"), name = part.slice(0, at), text = part.slice(at + 1);
    seen[name] = (LOOKS[name]?.[1] ?? ((same: string) => same))(text).replace(
      /(mqueue.* 0|root) 65534 /g,
      "$1 0 ",
    )
      .replace("root 0 40 TIME mqueue", "root root 40 TIME mqueue");
  }
  seen.stderr = stderr;
  return seen;
}

const CASES: Readonly<Record<string, (config: Config) => void>> = {
  "runc spec's example": () => {},
  "a writable root": (config) => config.root.readonly = false,
  "a user with groups and a umask": (config) => {
    config.process.user = { uid: 1000, gid: 1000, additionalGids: [5, 1234], umask: 0o027 };
    config.process.cwd = "/tmp";
  },
  "all capabilities": (config) => {
    const all = ["CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL"];
    config.process.capabilities = {
      bounding: all,
      effective: all,
      permitted: all,
      inheritable: all,
      ambient: all,
    };
    config.process.noNewPrivileges = false;
  },
  "ambient capabilities of a user": (config) => {
    const caps = ["CAP_NET_BIND_SERVICE", "CAP_KILL"];
    config.process.user = { uid: 1000, gid: 1000 };
    config.process.capabilities = {
      bounding: caps,
      effective: caps,
      permitted: caps,
      inheritable: caps,
      ambient: caps,
    };
  },
  "no capabilities": (config) => delete config.process.capabilities,
  "the host's network": (config) => {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }: Config) => type !== "network");
  },
  "no cgroup namespace": (config) => {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }: Config) => type !== "cgroup");
    config.linux.cgroupsPath = `/same-${Deno.pid}`;
  },
  "limits, a score and a name": (config) => {
    config.process.rlimits = [
      { type: "RLIMIT_NOFILE", hard: 512, soft: 256 },
      { type: "RLIMIT_CORE", hard: 0, soft: 0 },
      { type: "RLIMIT_NPROC", hard: 4096, soft: 100 },
    ];
    config.process.oomScoreAdj = 100;
    config.hostname = "other";
    config.domainname = "example.org";
  },
  "sysctls": (config) => {
    config.linux.sysctl = {
      "net.ipv4.ip_forward": "1",
      "kernel.shmmax": "4294967296",
      "kernel.msgmax": "65536",
    };
    config.process.args[2] += "\ncat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax";
  },
  "binds and tmpfs with options": (config) => {
    config.mounts.push(
      {
        destination: "/mnt/a",
        type: "bind",
        source: "/usr/share",
        options: ["rbind", "ro", "nosuid", "nodev"],
      },
      {
        destination: "/mnt/b/deep",
        type: "tmpfs",
        source: "tmpfs",
        options: ["size=1m", "mode=700", "noexec"],
      },
      { destination: "/etc/hosts", type: "bind", source: "/etc/hosts", options: ["bind", "rprivate", "ro"] },
      { destination: "/mnt/c", type: "bind", source: "/dev", options: ["rbind", "rslave"] },
    );
    config.root.readonly = false;
  },
  "devices": (config) => {
    config.linux.devices = [
      { path: "/dev/my/fuse", type: "c", major: 10, minor: 229, fileMode: 0o640, uid: 1000, gid: 5 },
      { path: "/dev/pipe", type: "p", fileMode: 0o600 },
      { path: "/dev/.//void/", type: "c", major: 1, minor: 3 },
    ];
    config.linux.resources.devices.push({ allow: true, type: "c", major: 10, minor: 229, access: "rwm" });
  },
  // runc mounts with the group of its caller, which is nobody's in there; runt with that of the namespace's root.
  "a user namespace": (config) => {
    config.linux.namespaces.push({ type: "user" });
    config.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
    config.linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
    config.root.readonly = false;
  },
  "private propagation": (config) => config.linux.rootfsPropagation = "private",
  "an environment with doubles and no path": (config) => {
    config.process.env = ["A=1", "B=2", "A=3", "HOME=", "PATH=/bin"];
  },
};

for (const [name, change] of Object.entries(CASES)) {
  testNeeding(NEEDS, `a container sees the same under runc and runt: ${name}`, () => {
    using bundle = makeBundle();
    const expected = look("runc", bundle, change);
    const actual = look(RUNT, bundle, change);
    assertEquals(expected.id !== undefined, true, `runc failed: ${expected.stderr}`);
    // All differences at once, without what is the same.
    const differing = Object.keys(expected).filter((key) => actual[key] !== expected[key]);
    const only = (seen: Record<string, string>) => differing.map((key) => [key, seen[key]?.split("\n")]);
    assertEquals(only(actual), only(expected));
  });
}

testNeeding(NEEDS, "the root as a read-only path is read-only, and what is mounted in it is not", () => {
  for (const path of ["/", ".", ""]) {
    const [expected, actual] = ["runc", RUNT].map((program) => {
      using bundle = makeBundle((config) => {
        config.root.readonly = false;
        config.linux.readonlyPaths = [path];
        config.process.args = ["sh", "-c", "touch /x /dev/x 2>&1; ls /x /dev/x 2>&1"];
      });
      using runtime = new Runtime(program);
      return runtime.run(bundle.directory).stdout;
    });
    assertEquals(actual, expected, path);
    assertEquals(actual!.includes("Read-only file system"), path !== "", actual);
  }
});

testNeeding(NEEDS, "masked and read-only paths that are not absolute are paths from the root", () => {
  const [expected, actual] = ["runc", RUNT].map((program) => {
    using bundle = makeBundle((config) => {
      config.root.readonly = false;
      config.linux.maskedPaths = ["etc/passwd", "nowhere"];
      config.linux.readonlyPaths = ["etc", "nowhere"];
      config.process.args = ["sh", "-c", "cat /etc/passwd; touch /etc/x 2>&1; ls /"];
    });
    using runtime = new Runtime(program);
    return runtime.run(bundle.directory);
  });
  assertEquals(actual, expected);
});
