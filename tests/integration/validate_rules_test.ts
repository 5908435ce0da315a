/**
 * runc's rules for config.json, one by one: what each accepts runs, and what it refuses is refused in runc's words, by
 * runt and by runc; by runt alone where the rule is newer than the runc that distributions have.
 *
 * @see https://github.com/opencontainers/runc/tree/main/libcontainer/configs/validate
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { cgroupV1, program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";

type Change = (config: Config) => void;

/** A rule: what it accepts, what it refuses, in which words, and whether only runc 1.2 and later have it. */
interface Rule {
  readonly name: string;
  readonly accepts: readonly Change[];
  readonly refuses: readonly Change[];
  readonly words: RegExp;
  readonly isNew?: true;
}

const IDS = [{ containerID: 0, hostID: 100_000, size: 65536 }];
const without = (...types: string[]): Change => ({ linux }) => {
  linux.namespaces = linux.namespaces.filter(({ type }: Config) => !types.includes(type));
};
const add = (type: string, path?: string): Change => ({ linux }) => linux.namespaces.push({ type, path });
const sysctl = (name: string, value: string): Change => ({ linux }) => linux.sysctl = { [name]: value };
const both = (...changes: Change[]): Change => (config) => changes.forEach((change) => change(config));
const mapped: Change = ({ linux }) => linux.uidMappings = linux.gidMappings = IDS;
const mount = (part: Config): Change => ({ mounts }) => mounts.push({ destination: "/tmp", ...part });
const process = (part: Config): Change => ({ process }) => Object.assign(process, part);
const noHostname: Change = (config) => config.hostname = "";

const RULES: readonly Rule[] = [
  {
    name: "hostname needs a uts namespace",
    accepts: [(config) => config.hostname = "h", both(without("uts"), noHostname)],
    refuses: [without("uts")],
    words: /unable to set hostname without a private UTS namespace/,
  },
  {
    name: "domainname needs a uts namespace",
    accepts: [(config) => config.domainname = "d"],
    refuses: [both(without("uts"), noHostname, (config) => config.domainname = "d")],
    words: /unable to set domainname without a private UTS namespace/,
    isNew: true,
  },
  {
    name: "masked and read-only paths need a mount namespace",
    accepts: [({ linux }) => linux.maskedPaths = ["/proc/kcore"]],
    refuses: [without("mount")],
    words: /unable to restrict sys entries without a private MNT namespace/,
  },
  {
    name: "an SELinux label needs SELinux",
    accepts: [process({ selinuxLabel: "" })],
    refuses: [process({ selinuxLabel: "a_u:a_r:a_t:s0" })],
    words: /selinux label is specified in config, but selinux is disabled or not supported/,
  },
  {
    name: "a new user namespace needs mappings",
    accepts: [both(add("user"), mapped, ({ root }) => root.readonly = true)],
    refuses: [add("user")],
    words: /user namespaces enabled, but no/i,
  },
  {
    name: "mappings need a user namespace",
    accepts: [({ linux }) => linux.uidMappings = []],
    refuses: [mapped],
    words: /user namespace mappings specified, but user namespace isn't enabled in the config/,
    isNew: true,
  },
  {
    name: "a namespace is asked for once",
    accepts: [() => {}],
    refuses: [add("pid")],
    words: /malformed spec file: duplicated ns/,
  },
  {
    name: "a namespace is one that there is",
    accepts: [() => {}],
    refuses: [add("pids")],
    words: /namespace .*pids.* does not exist/,
  },
  {
    name: "time offsets need a time namespace",
    accepts: [both(add("time"), ({ linux }) => linux.timeOffsets = { boottime: { secs: 5 } })],
    refuses: [({ linux }) => linux.timeOffsets = { boottime: { secs: 5 } }],
    words: /time namespace offsets specified, but time namespace isn't enabled in the config/,
    isNew: true,
  },
  {
    name: "time offsets are for a new time namespace",
    accepts: [add("time", "/proc/self/ns/time")],
    refuses: [
      both(add("time", "/proc/self/ns/time"), ({ linux }) => linux.timeOffsets = { boottime: { secs: 5 } }),
    ],
    words: /time namespace enabled, but both namespace path and time offsets specified/,
    isNew: true,
  },
  {
    name: "sysctls of the ipc namespace need one",
    accepts: ["kernel.msgmax", "kernel.sem", "fs.mqueue.msg_max", "kernel/shmmni"].map((name) =>
      sysctl(name, name === "kernel.sem" ? "250 32000 32 128" : "100")
    ),
    refuses: [both(without("ipc"), sysctl("kernel.msgmax", "100"), ({ mounts }) => {
      mounts.splice(mounts.findIndex(({ type }: Config) => type === "mqueue"), 1);
    })],
    words: /sysctl .*kernel\.msgmax.* is not allowed in the hosts ipc namespace/,
  },
  {
    name: "sysctls of the network namespace need one",
    accepts: [sysctl("net.ipv4.ip_forward", "1"), sysctl("net/ipv4/conf/lo/forwarding", "1")],
    refuses: [
      both(without("network"), sysctl("net.ipv4.ip_forward", "0")),
      both(without("network"), add("network", "/proc/self/ns/net"), sysctl("net.ipv4.ip_forward", "0")),
    ],
    words: /sysctl .*net\.ipv4\.ip_forward.* not allowed in host network namespace/,
  },
  {
    name: "kernel.hostname has a field of its own, kernel.domainname has not",
    accepts: [sysctl("kernel.domainname", "d")],
    refuses: [sysctl("kernel.hostname", "h")],
    words: /sysctl .*kernel\.hostname.* is not allowed as it conflicts with the OCI .*hostname.* field/,
  },
  {
    name: "sysctls of the user namespace need one",
    accepts: [both(add("user"), mapped, sysctl("user.max_uts_namespaces", "5"))],
    refuses: [sysctl("user.max_uts_namespaces", "5")],
    words: /setting ucounts without a user namespace not allowed/,
    isNew: true,
  },
  {
    name: "sysctls of the host are not the container's",
    accepts: [],
    refuses: [
      sysctl("kernel.core_pattern", "x"),
      sysctl("vm.swappiness", "1"),
      sysctl("kernel/core_pattern", "x"),
    ],
    words: /is not in a separate kernel namespace/,
  },
  {
    name: "Intel RDT needs a host that has it",
    accepts: [],
    refuses: [({ linux }) => linux.intelRdt = { closID: "c" }],
    words: /intelRdt is specified in config, but Intel RDT is not enabled/,
    isNew: true,
  },
  {
    name: "memory and swap are at least the memory",
    accepts: [({ linux }) => linux.resources.memory = { limit: 1 << 26 }],
    refuses: [({ linux }) => linux.resources.memory = { limit: 1 << 26, swap: 1 << 25 }],
    words: /memory\+swap limit should be >= memory limit/,
    isNew: true,
  },
  {
    name: "unified resources are cgroup v2's",
    accepts: [({ linux }) => linux.resources.unified = {}],
    refuses: [({ linux }) => linux.resources.unified = { "memory.high": "1000000" }],
    words: /cannot use unified on cgroup v1/,
    isNew: true,
  },
  {
    name: "bind mounts have no data",
    accepts: [
      mount({ type: "bind", source: "/usr", options: ["bind", "ro", "rslave"] }),
      mount({ type: "bind", source: "/usr", options: ["", "bind"] }),
    ],
    refuses: [mount({ type: "bind", source: "/usr", options: ["bind", "mode=755"] })],
    words: /bind mounts cannot have any filesystem-specific options applied/,
    isNew: true,
  },
  {
    name: "id-mapped mounts are bind mounts",
    accepts: [],
    refuses: [mount({ type: "tmpfs", source: "t", uidMappings: IDS, gidMappings: IDS })],
    words: /id-mapped mounts are only supported for bind-mounts/,
    isNew: true,
  },
  {
    name: "id-mapped mounts have both mappings",
    accepts: [],
    refuses: [mount({ type: "bind", source: "/usr", options: ["bind"], gidMappings: IDS })],
    words: /id-mapped mounts must have both uid and gid mappings specified/,
    isNew: true,
  },
  {
    name: "a scheduler's priority is for those that have one",
    accepts: [process({ scheduler: { policy: "SCHED_BATCH", nice: 5 } })],
    refuses: [process({ scheduler: { policy: "SCHED_OTHER", priority: 5 } })],
    words: /scheduler\.priority can only be specified for SchedFIFO or SchedRR policy/,
    isNew: true,
  },
  {
    name: "a nice value is from -20 to 19",
    accepts: [process({ scheduler: { policy: "SCHED_OTHER", nice: 19 } })],
    refuses: [20, -21].map((nice) => process({ scheduler: { policy: "SCHED_OTHER", nice } })),
    words: /invalid scheduler\.nice: -?2[01] when scheduler\.policy is SCHED_OTHER/,
    isNew: true,
  },
  {
    name: "runtime, deadline and period are for SCHED_DEADLINE",
    accepts: [],
    refuses: [process({ scheduler: { policy: "SCHED_BATCH", period: 5 } })],
    words: /scheduler runtime\/deadline\/period can only be specified for SchedDeadline policy/,
    isNew: true,
  },
  {
    name: "an I/O priority is from 0 to 7, of a class",
    accepts: [process({ ioPriority: { class: "IOPRIO_CLASS_BE", priority: 7 } })],
    refuses: [
      process({ ioPriority: { class: "IOPRIO_CLASS_BE", priority: 8 } }),
      process({ ioPriority: { class: "IOPRIO_CLASS_X", priority: 1 } }),
    ],
    words: /invalid ioPriority\.(Priority: 8|Class: .*IOPRIO_CLASS_X)/,
    isNew: true,
  },
  {
    name: "a memory policy has the nodes that its mode takes",
    accepts: [({ linux }) => linux.memoryPolicy = { mode: "MPOL_DEFAULT" }],
    refuses: [
      ({ linux }) => linux.memoryPolicy = { mode: "MPOL_LOCAL", nodes: "0" },
      ({ linux }) => linux.memoryPolicy = { mode: "MPOL_BIND" },
    ],
    words: /memory policy mode requires (0 nodes but got|at least one node but got 0)/,
    isNew: true,
  },
  {
    name: "network devices need a network namespace",
    accepts: [({ linux }) => linux.netDevices = {}],
    refuses: [both(without("network"), ({ linux }) => linux.netDevices = { eth7: {} })],
    words: /unable to move network devices without a NET namespace/,
    isNew: true,
  },
  {
    name: "network devices have names that the kernel takes",
    accepts: [],
    refuses: ["a/b", "a:b", "a b", "..", "x".repeat(17)].map((name): Change => ({ linux }) => {
      linux.netDevices = { [name]: {} };
    }),
    words: /invalid network device name/,
    isNew: true,
  },
  {
    name: "the root is a directory, not a link",
    accepts: [({ root }) => root.path = "./rootfs/../rootfs"],
    refuses: [({ root }) => root.path = "nowhere"],
    words: /invalid rootfs: .*no such file or directory/,
  },
];

for (const { name, accepts, refuses, words, isNew } of RULES) {
  const needs = name.includes("cgroup v2") ? [root, program("runc"), cgroupV1] : [root, program("runc")];
  testNeeding(needs, `rule: ${name}`, () => {
    using runt = new Runtime(RUNT), runc = new Runtime("runc"), bundle = makeBundle();
    const set = (change: Change) =>
      bundle.update((config) => {
        config.process.args = ["true"];
        change(config);
      });
    for (const change of accepts) {
      set(change);
      const { code, stderr } = runt.run(bundle.directory);
      assertEquals(code, 0, `${change}: ${stderr}`);
      if (!isNew) assertEquals(runc.run(bundle.directory).code, 0, `runc: ${change}`);
    }
    for (const change of refuses) {
      set(change);
      const { code, stderr } = runt.run(bundle.directory);
      assertEquals(code, 1, `${change}: ${stderr}`);
      assertMatch(stderr, words);
      if (isNew) continue;
      const theirs = runc.run(bundle.directory);
      assert(theirs.code !== 0, `runc: ${change}`);
      assertMatch(theirs.stderr, words, `runc: ${change}`);
    }
  });
}
