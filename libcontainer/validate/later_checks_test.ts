import { assert, assertEquals } from "@std/assert";
import { type Changes, errorsOf, findingsOf, setField } from "../../tests/support/checked_spec.ts";
import { FULL_SPEC } from "../../tests/support/full_spec.ts";
import type { HostFacts } from "./facts.ts";
import type { Check } from "./issue.ts";
import { checkHooks } from "./hooks.ts";
import { checkIntelRdt } from "./intel_rdt.ts";
import { LATER_CHECKS } from "./later_checks.ts";
import { checkMemoryPolicy } from "./memory_policy.ts";
import { checkNetDevices } from "./net_devices.ts";
import { checkPersonality } from "./personality.ts";
import { checkCpuAffinity, checkIoPriority, checkScheduler } from "./scheduling.ts";
import { checkSeccomp } from "./seccomp.ts";
import { checkApparmorProfile, checkSelinuxLabel } from "./security_labels.ts";

/** What a check says to a value at a path, with the path taken off. */
function findings(check: Check, path: string, value: unknown, facts: Partial<HostFacts> = {}): string[] {
  return findingsOf(check, { [path]: value }, facts).map((line) => line.replace(`${path}.`, ""));
}

Deno.test("what the later checks are about is refused, each by its name", () => {
  for (const [path] of LATER_CHECKS) {
    const value = path.split(".").reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key],
      FULL_SPEC,
    );
    assert(value !== undefined, path);
    assertEquals(errorsOf({ [path]: value }), [`${path}: not supported by runt yet`]);
  }
});

Deno.test("checkUnsupported() refuses what is not a field of its own", () => {
  const ids = [{ containerID: 0, hostID: 5, size: 1 }];
  const cases: [Changes, string[]][] = [
    [{ "linux.namespaces[5]": { type: "time" } }, [
      "linux.namespaces: time namespaces are not supported by runt yet",
    ]],
    [{ "mounts[1].options": ["bind", "idmap"], "mounts[1].uidMappings": ids, "mounts[1].gidMappings": ids }, [
      "mounts[1]: id-mapped mounts are not supported by runt yet",
    ]],
    [{ "linux.mountLabel": "l" }, ["linux.mountLabel: not supported by runt yet"]],
    [{ "linux.resources.network.classID": 5 }, ["linux.resources.network: not supported by runt yet"]],
    [{ "linux.resources.rdma": { a: { hcaHandles: 1 } } }, [
      "linux.resources.rdma: not supported by runt yet",
    ]],
    [{ "linux.netDevices": { eth0: {} } }, ["linux.netDevices: not supported by runt yet"]],
    [{ linux: undefined, hostname: undefined }, [
      "linux.namespaces: a container without a mount namespace is not supported by runt yet",
    ]],
  ];
  for (const [changes, expected] of cases) assertEquals(errorsOf(changes), expected);
});

Deno.test("checkUnsupported() takes what is empty, zero or false as not asked for", () => {
  const nothing: Changes = {
    hooks: { prestart: [], poststop: [] },
    "process.apparmorProfile": "",
    "process.selinuxLabel": "",
    "process.execCPUAffinity": { initial: "" },
    "linux.mountLabel": "",
    "linux.seccomp": { defaultAction: "", architectures: ["SCMP_ARCH_X86"] },
    "linux.netDevices": {},
    "linux.timeOffsets": {},
    "linux.resources.blockIO": { weight: 0, weightDevice: [] },
    "linux.resources.hugepageLimits": [],
    "linux.resources.network": { classID: 0, priorities: [] },
    "linux.resources.rdma": {},
    "linux.resources.unified": {},
    "mounts[0].uidMappings": [],
  };
  const spec: Record<string, unknown> = {};
  for (const path in nothing) setField(spec, path, nothing[path]);
  assertEquals(errorsOf(nothing), []);
});

Deno.test("checkScheduler() has sched_setattr(2)'s rules and runc's words", () => {
  const path = "process.scheduler";
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_FIFO", priority: 5 }), []);
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_DEADLINE", runtime: 1n }), []);
  assertEquals(findings(checkScheduler, path, { policy: "" }), ["policy: scheduler policy is required"]);
  assertEquals(findings(checkScheduler, path, { policy: "FIFO", flags: ["X"] }), [
    "policy: invalid scheduler policy: FIFO",
    "flags[0]: invalid scheduler flag: X",
  ]);
  assertEquals(findings(checkScheduler, path, { policy: "SCHED_OTHER", nice: 20, priority: 1, period: 5 }), [
    "nice: invalid scheduler.nice: 20 when scheduler.policy is SCHED_OTHER",
    "priority: scheduler.priority can only be specified for SchedFIFO or SchedRR policy",
    "process.scheduler: scheduler runtime/deadline/period can only be specified for SchedDeadline policy",
  ]);
});

Deno.test("checkIoPriority() and checkCpuAffinity() have runc's words", () => {
  assertEquals(findings(checkIoPriority, "process.ioPriority", { class: "BE", priority: 8 }), [
    "priority: invalid ioPriority.Priority: 8",
    'class: invalid ioPriority.Class: "BE"',
  ]);
  const affinity = (initial: string) =>
    findings(checkCpuAffinity, "process.execCPUAffinity", { initial, final: "0-3,7" });
  for (const good of ["", "0", "0-3,,5"]) assertEquals(affinity(good), []);
  assertEquals(affinity("3-1"), ["initial: bad CPUAffinity.Initial: invalid range: 3-1"]);
  assertEquals(affinity("99999"), [
    "initial: bad CPUAffinity.Initial: values larger than 65536 are not supported",
  ]);
  assertEquals(affinity(","), ['initial: bad CPUAffinity.Initial: no members found in set ","']);
});

Deno.test("checkMemoryPolicy() knows which modes take nodes", () => {
  const policy = (value: unknown) => findings(checkMemoryPolicy, "linux.memoryPolicy", value);
  for (
    const good of [{ mode: "MPOL_DEFAULT" }, { mode: "MPOL_PREFERRED" }, { mode: "MPOL_BIND", nodes: "0" }]
  ) {
    assertEquals(policy(good), []);
  }
  assertEquals(policy({ mode: "MPOL_LOCAL", nodes: "0" }), [
    "nodes: memory policy mode requires 0 nodes but got 0",
  ]);
  assertEquals(policy({ mode: "MPOL_INTERLEAVE" }), [
    "nodes: memory policy mode requires at least one node but got 0",
  ]);
  assertEquals(policy({ mode: "X", nodes: "a", flags: ["Y"] }), [
    'mode: invalid memory policy mode "X"',
    'nodes: invalid memory policy nodes "a": invalid range: a',
    'flags[0]: invalid memory policy flag "Y"',
  ]);
});

Deno.test("checkIntelRdt() wants what the host has", () => {
  const rdt = (value: unknown, intelRdt: HostFacts["intelRdt"]) =>
    findings(checkIntelRdt, "linux.intelRdt", value, { intelRdt });
  assertEquals(rdt({ closID: "a" }, undefined), [
    "linux.intelRdt: intelRdt is specified in config, but Intel RDT is not enabled",
  ]);
  assertEquals(
    rdt({ closID: "a/b", l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=5" }, { cat: true, mba: false }),
    [
      'closID: invalid intelRdt.ClosID "a/b"',
      "memBwSchema: intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled",
    ],
  );
  assertEquals(rdt({ closID: "/" }, { cat: true, mba: true }), []);
});

Deno.test("checkNetDevices() wants names that the kernel takes, and a network namespace", () => {
  const devices = { eth0: { name: "a b" }, "..": {}, ok: { name: "eth%d" } };
  const changes = { "linux.netDevices": devices, "linux.namespaces": [{ type: "mount" }] };
  assertEquals(findingsOf(checkNetDevices, changes, {}, { rootless: true }), [
    "linux.netDevices: unable to move network devices without a NET namespace",
    "linux.netDevices: network devices are not supported for rootless containers",
    'linux.netDevices.eth0: invalid network device name "a b"',
    'linux.netDevices[".."]: invalid network device name ".."',
  ]);
});

Deno.test("checkPersonality() knows two domains and no flags", () => {
  assertEquals(findings(checkPersonality, "linux.personality", { domain: "LINUX32" }), []);
  assertEquals(findings(checkPersonality, "linux.personality", { domain: "BSD", flags: ["f"] }), [
    "domain: invalid personality domain BSD",
    "warning: flags: ignoring unsupported personality flags: [f]",
  ]);
});

Deno.test("checkHooks() wants absolute paths and time to run", () => {
  const hook = { path: "bin/x", env: ["A"], timeout: 0 };
  assertEquals(findings(checkHooks, "hooks", { poststart: [{ path: "/bin/true" }, hook] }), [
    "poststart[1].path: must be an absolute path",
    "poststart[1].timeout: must be greater than 0, not 0",
    "poststart[1].env[0]: must be NAME=value",
  ]);
});

Deno.test("checkSelinuxLabel() and checkApparmorProfile() want the module to be on", () => {
  assertEquals(findingsOf(checkSelinuxLabel, { "process.selinuxLabel": "l" }), [
    "process.selinuxLabel: selinux label is specified in config, but selinux is disabled or not supported",
  ]);
  assertEquals(findingsOf(checkSelinuxLabel, { "process.selinuxLabel": "l" }, { selinuxEnabled: true }), []);
  assertEquals(findingsOf(checkApparmorProfile, { "process.apparmorProfile": "p" }), [
    "process.apparmorProfile: apparmor: config provided but apparmor not supported",
  ]);
  assertEquals(
    findingsOf(checkApparmorProfile, { "process.apparmorProfile": "p" }, { apparmorEnabled: true }),
    [],
  );
});

Deno.test("checkSeccomp() has runc's words for names that libseccomp does not know", () => {
  const seccomp = (value: unknown) => findings(checkSeccomp, "linux.seccomp", value);
  assertEquals(seccomp({ defaultAction: "" }), []);
  assertEquals(seccomp(FULL_SPEC.linux.seccomp), []);
  assertEquals(
    seccomp({
      defaultAction: "SCMP_ACT_FOO",
      architectures: ["X86"],
      flags: ["LOG"],
      listenerMetadata: "m",
      syscalls: [
        { names: [], action: "SCMP_ACT_NOTIFY", args: [{ index: 6, value: 0, op: "EQ" }] },
        { names: ["write"], action: "SCMP_ACT_NOTIFY" },
      ],
    }),
    [
      "defaultAction: string SCMP_ACT_FOO is not a valid action for seccomp",
      "architectures[0]: string X86 is not a valid arch for seccomp",
      "flags[0]: seccomp flags not known: LOG",
      "syscalls[0].names: must not be empty",
      "syscalls[0].args[0].index: must be between 0 and 5, not 6",
      "syscalls[0].args[0].op: string EQ is not a valid operator for seccomp",
      "syscalls[1].action: SCMP_ACT_NOTIFY cannot be used for the write syscall",
      "listenerPath: seccomp listenerPath is not set",
      "warning: listenerMetadata: ignored, since listenerPath is not set",
    ],
  );
  assertEquals(seccomp({ defaultAction: "SCMP_ACT_NOTIFY" }), [
    "defaultAction: SCMP_ACT_NOTIFY cannot be used as default action",
  ]);
});
