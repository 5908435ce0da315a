/**
 * config.json's shape as data, for {@linkcode decode} to walk; the types beside it say what it all means.
 *
 * Kept terse on purpose: this is on the path of every container start.
 *
 * @module
 */

/** Go's scalar types. `i64` and `u64` may come out as bigint; `n64` is an int64 that must fit a number. */
export type Scalar = "string" | "bool" | "i32" | "u16" | "u32" | "n64" | "i64" | "u64";

/** What a JSON value must be: a scalar, a list (`[element]`), a map or an object with known fields. */
export type Schema = Scalar | readonly [Schema] | MapSchema | StructSchema;

/** An object with any keys. */
export interface MapSchema {
  readonly values: Schema;
}

/** An object with known fields; others are ignored. */
export interface StructSchema {
  readonly fields: Readonly<Record<string, Schema>>;
  /** What the fields that the types call required are when the file leaves them out: Go's zero values. */
  readonly zero?: Readonly<Record<string, unknown>>;
}

const string = "string", bool = "bool", i32 = "i32", u16 = "u16", u32 = "u32";
const n64 = "n64", i64 = "i64", u64 = "u64";
const strings: Schema = [string];
const stringMap: Schema = { values: string };

const idMappings: Schema = [{
  fields: { containerID: u32, hostID: u32, size: u32 },
  zero: { containerID: 0, hostID: 0, size: 0 },
}];

const capabilities: Schema = {
  fields: {
    bounding: strings,
    effective: strings,
    inheritable: strings,
    permitted: strings,
    ambient: strings,
  },
};

const scheduler: Schema = {
  fields: {
    policy: string,
    nice: i32,
    priority: i32,
    flags: strings,
    runtime: u64,
    deadline: u64,
    period: u64,
  },
  zero: { policy: "" },
};

/** `process`; also the whole of `exec --process`'s file. */
export const PROCESS: StructSchema = {
  fields: {
    terminal: bool,
    consoleSize: { fields: { height: u32, width: u32 }, zero: { height: 0, width: 0 } },
    user: {
      fields: { uid: u32, gid: u32, umask: u32, additionalGids: [u32], username: string },
      zero: { uid: 0, gid: 0 },
    },
    args: strings,
    commandLine: string,
    env: strings,
    cwd: string,
    capabilities,
    rlimits: [{ fields: { type: string, hard: u64, soft: u64 }, zero: { type: "", hard: 0, soft: 0 } }],
    noNewPrivileges: bool,
    apparmorProfile: string,
    oomScoreAdj: n64,
    scheduler,
    selinuxLabel: string,
    ioPriority: { fields: { class: string, priority: n64 }, zero: { class: "", priority: 0 } },
    execCPUAffinity: { fields: { initial: string, final: string } },
  },
  zero: { user: { uid: 0, gid: 0 }, cwd: "" },
};

const mounts: Schema = [{
  fields: {
    destination: string,
    type: string,
    source: string,
    options: strings,
    uidMappings: idMappings,
    gidMappings: idMappings,
  },
  zero: { destination: "" },
}];

const hooks: Schema = [{
  fields: { path: string, args: strings, env: strings, timeout: n64 },
  zero: { path: "" },
}];

const throttles: Schema = [{
  fields: { major: n64, minor: n64, rate: u64 },
  zero: { major: 0, minor: 0, rate: 0 },
}];

/** `linux.resources`; also the whole of `update --resources`'s file. */
export const RESOURCES: StructSchema = {
  fields: {
    devices: [{
      fields: { allow: bool, type: string, major: n64, minor: n64, access: string },
      zero: { allow: false },
    }],
    memory: {
      fields: {
        limit: i64,
        reservation: i64,
        swap: i64,
        kernel: i64,
        kernelTCP: i64,
        swappiness: u64,
        disableOOMKiller: bool,
        useHierarchy: bool,
        checkBeforeUpdate: bool,
      },
    },
    cpu: {
      fields: {
        shares: u64,
        quota: i64,
        burst: u64,
        period: u64,
        realtimeRuntime: i64,
        realtimePeriod: u64,
        cpus: string,
        mems: string,
        idle: n64,
      },
    },
    pids: { fields: { limit: i64 } },
    blockIO: {
      fields: {
        weight: u16,
        leafWeight: u16,
        weightDevice: [{
          fields: { major: n64, minor: n64, weight: u16, leafWeight: u16 },
          zero: { major: 0, minor: 0 },
        }],
        throttleReadBpsDevice: throttles,
        throttleWriteBpsDevice: throttles,
        throttleReadIOPSDevice: throttles,
        throttleWriteIOPSDevice: throttles,
      },
    },
    hugepageLimits: [{ fields: { pageSize: string, limit: u64 }, zero: { pageSize: "", limit: 0 } }],
    network: {
      fields: {
        classID: u32,
        priorities: [{ fields: { name: string, priority: u32 }, zero: { name: "", priority: 0 } }],
      },
    },
    rdma: { values: { fields: { hcaHandles: u32, hcaObjects: u32 } } },
    unified: stringMap,
  },
};

const seccompArgs: Schema = [{
  fields: { index: n64, value: u64, valueTwo: u64, op: string },
  zero: { index: 0, value: 0, op: "" },
}];

const seccomp: Schema = {
  fields: {
    defaultAction: string,
    defaultErrnoRet: u32,
    architectures: strings,
    flags: strings,
    listenerPath: string,
    listenerMetadata: string,
    syscalls: [{
      fields: { names: strings, action: string, errnoRet: u32, args: seccompArgs },
      zero: { names: [], action: "" },
    }],
  },
  zero: { defaultAction: "" },
};

const linux: Schema = {
  fields: {
    uidMappings: idMappings,
    gidMappings: idMappings,
    sysctl: stringMap,
    resources: RESOURCES,
    cgroupsPath: string,
    namespaces: [{ fields: { type: string, path: string }, zero: { type: "" } }],
    devices: [{
      fields: { path: string, type: string, major: n64, minor: n64, fileMode: u32, uid: u32, gid: u32 },
      zero: { path: "", type: "", major: 0, minor: 0 },
    }],
    netDevices: { values: { fields: { name: string } } },
    seccomp,
    rootfsPropagation: string,
    maskedPaths: strings,
    readonlyPaths: strings,
    mountLabel: string,
    intelRdt: {
      fields: {
        closID: string,
        schemata: strings,
        l3CacheSchema: string,
        memBwSchema: string,
        enableMonitoring: bool,
      },
    },
    memoryPolicy: { fields: { mode: string, nodes: string, flags: strings }, zero: { mode: "" } },
    personality: { fields: { domain: string, flags: strings }, zero: { domain: "" } },
    timeOffsets: { values: { fields: { secs: i64, nanosecs: u32 } } },
  },
};

/** The whole of config.json. Sections of other platforms are not looked into. */
export const SPEC: StructSchema = {
  fields: {
    ociVersion: string,
    process: PROCESS,
    root: { fields: { path: string, readonly: bool }, zero: { path: "" } },
    hostname: string,
    domainname: string,
    mounts,
    hooks: {
      fields: {
        prestart: hooks,
        createRuntime: hooks,
        createContainer: hooks,
        startContainer: hooks,
        poststart: hooks,
        poststop: hooks,
      },
    },
    annotations: stringMap,
    linux,
  },
  zero: { ociVersion: "" },
};
