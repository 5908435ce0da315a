/**
 * A config and a context for unit tests of the root file system, and a kernel that notes.
 *
 * @module
 */
import { type Operation, Out } from "../../ffi/operation.ts";
import { RecordingKernel, type Script } from "../../ffi/recording.ts";
import type { Config } from "../../libcontainer/config/config.ts";
import type { MountConfig } from "../../libcontainer/config/mount_config.ts";
import { silentLogger } from "../../libcontainer/log.ts";
import type { RootfsContext } from "../../libcontainer/rootfs/context.ts";
import { newRoot } from "../../libcontainer/rootfs/root.ts";

/** The descriptor of the root in these tests. */
export const ROOT = 7;

/** A config without mounts, devices and paths, but for what is given. */
export function testConfig(part: Partial<Config> = {}): Config {
  return {
    id: "c",
    bundle: "/bundle",
    rootfs: "/bundle/rootfs",
    readonlyRootfs: false,
    rootPropagation: 0,
    noPivot: false,
    namespaces: [],
    timeOffsets: "",
    uidMappings: [],
    gidMappings: [],
    mounts: [],
    devices: [],
    maskedPaths: [],
    readonlyPaths: [],
    sysctl: [],
    hostname: undefined,
    domainname: undefined,
    mountLabel: undefined,
    newKeyring: false,
    process: {
      terminal: undefined,
      args: ["sh"],
      env: [],
      cwd: "/",
      uid: 0,
      gid: 0,
      additionalGids: [],
      umask: undefined,
      capabilities: undefined,
      noNewPrivileges: false,
      rlimits: [],
      oomScoreAdj: undefined,
      scheduler: undefined,
      ioPriority: undefined,
      affinity: undefined,
      apparmorProfile: undefined,
      selinuxLabel: undefined,
      personality: undefined,
      memoryPolicy: undefined,
    },
    cgroup: { path: "", resources: {} },
    annotations: {},
    ...part,
  } as Config;
}

/** A mount with nothing special about it. */
export function testMount(part: Partial<MountConfig> & { destination: string }): MountConfig {
  return {
    source: "none",
    type: "tmpfs",
    flags: 0,
    clearedFlags: 0,
    propagation: [],
    data: "",
    recursive: undefined,
    copyUp: false,
    at: "mounts[0]",
    ...part,
  };
}

/** A context with a root that was prepared. */
export function testContext(part: Partial<RootfsContext> = {}): RootfsContext {
  return {
    bindDevices: false,
    cgroup: { mode: "legacy", namespace: true, hierarchies: [], unified: undefined },
    log: silentLogger,
    root: { ...newRoot(), fd: ROOT },
    ...part,
  };
}

/** What a call shall come to: its value, or bytes for its region; of a list, one for each time it is made. */
export type Answer = number | Uint8Array | readonly (number | Uint8Array)[];

/** Answers by the start of a call as text. */
export type Answers = Readonly<Record<string, Answer>>;

/**
 * A kernel that notes calls and answers some of them.
 *
 * @param answers by the start of what {@linkcode RecordingKernel.lines} shows, such as `mkdirat(7, "proc"`; bytes
 *   are put into the call's region, the return value is 0 then
 */
export function recordingKernel(answers: Answers = {}): RecordingKernel {
  const times = new Map<string, number>();
  const script: Script = (operation) => {
    const line = lineOf(operation);
    for (const [start, given] of Object.entries(answers)) {
      if (!line.startsWith(start)) continue;
      const time = times.get(start) ?? 0;
      times.set(start, time + 1);
      const answer = isList(given) ? given[time] : given;
      if (answer === undefined || typeof answer === "number") return answer;
      const out = operation.args.find((arg) => arg instanceof Out) as Out;
      out.bytes.set(answer);
      return answer.length > 0 && operation.name === "readlinkat" ? answer.length : 0;
    }
    return undefined;
  };
  return new RecordingKernel(script);
}

function isList(answer: Answer): answer is readonly (number | Uint8Array)[] {
  return Array.isArray(answer);
}

/** A call as text: descriptors that are not known yet show as `?`. */
function lineOf({ name, args }: Operation): string {
  const words = args.map((arg) => {
    if (typeof arg === "string") return JSON.stringify(arg);
    if (typeof arg === "number") return String(arg);
    return "?";
  });
  return `${name}(${words.join(", ")})`;
}

/** The names of the calls, for tests that need no more. */
export function names(kernel: RecordingKernel): string[] {
  return kernel.operations.map(({ name }) => name);
}

/** The `RESOLVE_*` and `O_*` flags of the calls of openat2(2), by path. */
export function howByPath(kernel: RecordingKernel): Record<string, { flags: number; resolve: number }> {
  const how: Record<string, { flags: number; resolve: number }> = {};
  for (const { name, args } of kernel.operations) {
    if (name !== "openat2") continue;
    const view = new DataView((args[2] as Uint8Array).buffer);
    how[args[1] as string] = { flags: view.getUint32(0, true), resolve: view.getUint32(16, true) };
  }
  return how;
}

/** A `struct statx` of a file. */
export function statxBytes(mode: number, major = 0, minor = 0, inode = 0): Uint8Array {
  const bytes = new Uint8Array(256), view = new DataView(bytes.buffer);
  view.setUint16(28, mode, true);
  view.setUint32(32, inode, true);
  view.setUint32(128, major, true);
  view.setUint32(132, minor, true);
  return bytes;
}

/** A `struct statfs` of a file on a file system. */
export function statfsBytes(type: number, flags = 0): Uint8Array {
  const bytes = new Uint8Array(120), view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(80, flags, true);
  return bytes;
}
