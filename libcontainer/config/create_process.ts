import { capabilitySets } from "../security/capabilities.ts";
import type { Box, Linux, Process } from "../spec/mod.ts";
import { rlimitNumber } from "../spec/rlimit_names.ts";
import type { Config, ProcessConfig, TerminalConfig } from "./config.ts";
import {
  affinityConfig,
  ioPriority,
  memoryPolicyConfig,
  personality,
  schedulerConfig,
} from "./process_attributes.ts";

/** What {@linkcode createExecConfig} is told beside the process. */
export interface ExecConfigOptions {
  /** The container's id. */
  readonly id: string;
  /** Absolute path of its bundle. */
  readonly bundle: string;
  /** Whether the container has a session keyring of its own. */
  readonly newKeyring: boolean;
}

/** The config of a process that is executed in a container: there is nothing to be made but the process. */
export function createExecConfig(process: ProcessConfig, options: ExecConfigOptions): Config {
  return {
    ...options,
    process,
    rootfs: "/",
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
    cgroup: { path: "", resources: {} },
    annotations: {},
  };
}

/** Bits that `struct winsize` has no room for go, as in runc. */
function terminalSize({ height, width }: Box = { height: 0, width: 0 }): TerminalConfig {
  return { rows: height & 0xffff, columns: width & 0xffff };
}

/**
 * The part of a config that `exec` has too.
 *
 * @param linux what all processes of a container have in common
 */
export function createProcess(
  process: Process,
  lastCap: number,
  linux: Pick<Linux, "personality" | "memoryPolicy"> = {},
): ProcessConfig {
  const { user } = process;
  return {
    terminal: process.terminal ? terminalSize(process.consoleSize) : undefined,
    args: process.args ?? [],
    env: process.env ?? [],
    cwd: process.cwd,
    uid: user.uid,
    gid: user.gid,
    additionalGids: user.additionalGids ?? [],
    umask: user.umask,
    capabilities: process.capabilities && capabilitySets(process.capabilities, lastCap),
    noNewPrivileges: process.noNewPrivileges ?? false,
    rlimits: (process.rlimits ?? []).map(({ type, soft, hard }, index) => ({
      resource: rlimitNumber(type),
      soft: String(soft),
      hard: String(hard),
      at: `process.rlimits[${index}]`,
    })),
    oomScoreAdj: process.oomScoreAdj,
    scheduler: process.scheduler && schedulerConfig(process.scheduler),
    ioPriority: process.ioPriority && ioPriority(process.ioPriority),
    affinity: process.execCPUAffinity && affinityConfig(process.execCPUAffinity),
    apparmorProfile: process.apparmorProfile || undefined,
    selinuxLabel: process.selinuxLabel || undefined,
    personality: linux.personality && personality(linux.personality),
    memoryPolicy: linux.memoryPolicy && memoryPolicyConfig(linux.memoryPolicy),
  };
}
