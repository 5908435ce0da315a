/**
 * A config.json with every field that runtime-spec 1.3 has for Linux; the compiler sees to it that none is missing.
 *
 * @module
 */

import type { Spec } from "../../libcontainer/spec/mod.ts";

type Complete<T> = T extends readonly (infer Element)[] ? readonly Complete<Element>[]
  : T extends object ? { readonly [Key in keyof T]-?: Complete<T[Key]> }
  : T;

const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
const hook = { path: "/bin/true", args: ["true"], env: ["A=1"], timeout: 5 };
const throttle = { major: 8, minor: 0, rate: 1000 };

/** Types are right, not all of it makes sense together. */
export const FULL_SPEC: Complete<Omit<Spec, "solaris" | "windows" | "vm" | "zos" | "freebsd">> = {
  ociVersion: "1.3.0",
  process: {
    terminal: true,
    consoleSize: { height: 25, width: 80 },
    user: { uid: 1, gid: 2, umask: 18, additionalGids: [5, 6], username: "u" },
    args: ["sh"],
    commandLine: "c",
    env: ["A=1"],
    cwd: "/",
    capabilities: {
      bounding: ["CAP_CHOWN"],
      effective: ["CAP_CHOWN"],
      inheritable: ["CAP_CHOWN"],
      permitted: ["CAP_CHOWN"],
      ambient: ["CAP_CHOWN"],
    },
    rlimits: [{ type: "RLIMIT_CORE", hard: 2, soft: 1 }],
    noNewPrivileges: true,
    apparmorProfile: "p",
    oomScoreAdj: 100,
    scheduler: {
      policy: "SCHED_OTHER",
      nice: 1,
      priority: 2,
      flags: ["SCHED_FLAG_RECLAIM"],
      runtime: 3,
      deadline: 4,
      period: 5,
    },
    selinuxLabel: "l",
    ioPriority: { class: "IOPRIO_CLASS_BE", priority: 4 },
    execCPUAffinity: { initial: "0", final: "0-3,7" },
  },
  root: { path: "rootfs", readonly: true },
  hostname: "h",
  domainname: "d",
  mounts: [{
    destination: "/data",
    type: "none",
    source: "/s",
    options: ["bind"],
    uidMappings: mappings,
    gidMappings: mappings,
  }],
  hooks: {
    prestart: [hook],
    createRuntime: [hook],
    createContainer: [hook],
    startContainer: [hook],
    poststart: [hook],
    poststop: [hook],
  },
  annotations: { "org.example.a": "b" },
  linux: {
    uidMappings: mappings,
    gidMappings: mappings,
    sysctl: { "net.ipv4.ip_forward": "1" },
    cgroupsPath: "/a/b",
    namespaces: [{ type: "pid", path: "/proc/1/ns/pid" }],
    devices: [{ path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 438, uid: 0, gid: 0 }],
    netDevices: { eth0: { name: "e" } },
    rootfsPropagation: "slave",
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    mountLabel: "m",
    intelRdt: {
      closID: "c",
      schemata: ["L3:0=f"],
      l3CacheSchema: "L3:0=f",
      memBwSchema: "MB:0=20",
      enableMonitoring: true,
    },
    memoryPolicy: { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] },
    personality: { domain: "LINUX", flags: ["f"] },
    timeOffsets: { monotonic: { secs: 1, nanosecs: 2 } },
    seccomp: {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      architectures: ["SCMP_ARCH_X86"],
      flags: ["SECCOMP_FILTER_FLAG_LOG"],
      listenerPath: "/l",
      listenerMetadata: "m",
      syscalls: [{
        names: ["read"],
        action: "SCMP_ACT_ALLOW",
        errnoRet: 1,
        args: [{ index: 0, value: 1, valueTwo: 2, op: "SCMP_CMP_MASKED_EQ" }],
      }],
    },
    resources: {
      devices: [{ allow: true, type: "c", major: 1, minor: 3, access: "rwm" }],
      memory: {
        limit: 1,
        reservation: 2,
        swap: 3,
        kernel: 4,
        kernelTCP: 5,
        swappiness: 6,
        disableOOMKiller: true,
        useHierarchy: true,
        checkBeforeUpdate: true,
      },
      cpu: {
        shares: 1,
        quota: 2,
        burst: 3,
        period: 4,
        realtimeRuntime: 5,
        realtimePeriod: 6,
        cpus: "0",
        mems: "0",
        idle: 1,
      },
      pids: { limit: 1 },
      blockIO: {
        weight: 10,
        leafWeight: 10,
        weightDevice: [{ major: 8, minor: 0, weight: 500, leafWeight: 300 }],
        throttleReadBpsDevice: [throttle],
        throttleWriteBpsDevice: [throttle],
        throttleReadIOPSDevice: [throttle],
        throttleWriteIOPSDevice: [throttle],
      },
      hugepageLimits: [{ pageSize: "2MB", limit: 1 }],
      network: { classID: 1, priorities: [{ name: "eth0", priority: 1 }] },
      rdma: { mlx5: { hcaHandles: 1, hcaObjects: 2 } },
      unified: { "memory.high": "1" },
    },
  },
};
