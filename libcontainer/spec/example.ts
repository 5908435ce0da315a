/**
 * The config.json that `runt spec` writes: runc's example, for changing by hand. Not on any hot path.
 *
 * @module
 */

import type { LinuxNamespaceType } from "./linux.ts";
import type { Mount } from "./mount.ts";
import type { Spec } from "./spec.ts";

/** What decides how the example looks. */
export interface ExampleOptions {
  /** For a caller who is not root: a user namespace with the caller mapped to root, no limits, the host's network. */
  readonly rootless?: boolean;
  /** The caller's user id, for `rootless`. Default: that of this process. */
  readonly uid?: number;
  /** The caller's group id, for `rootless`. Default: that of this process. */
  readonly gid?: number;
  /** Whether the host has cgroup v2 alone, which adds a cgroup namespace. Default: what this host has. */
  readonly unified?: boolean;
}

/** Makes the example, with the fields and the order of runc 1.5. */
export function exampleSpec(options: ExampleOptions = {}): Spec {
  const rootless = options.rootless ?? false;
  const namespaces: LinuxNamespaceType[] = rootless
    ? ["pid", "ipc", "uts", "mount"]
    : ["pid", "network", "ipc", "uts", "mount"];
  if (options.unified ?? isUnified()) namespaces.push("cgroup");
  if (rootless) namespaces.push("user");
  return {
    ociVersion: "1.3.0",
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: ["sh"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd: "/",
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "runc",
    mounts: rootless ? MOUNTS.map(forRootless) : MOUNTS,
    linux: {
      ...(rootless
        ? {
          uidMappings: [{ containerID: 0, hostID: options.uid ?? Deno.uid() ?? 0, size: 1 }],
          gidMappings: [{ containerID: 0, hostID: options.gid ?? Deno.gid() ?? 0, size: 1 }],
        }
        : { resources: { devices: [{ allow: false, access: "rwm" }] } }),
      namespaces: namespaces.map((type) => ({ type })),
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
    },
  };
}

/** A config as runc writes it: indented by tabs, `<`, `>` and `&` escaped as Go does, no newline at the end. */
export function formatSpec(spec: Spec): string {
  return JSON.stringify(spec, exactly, "\t")
    .replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Writes bigint as the number it is. V8 has `JSON.rawJSON`, the types do not yet. */
function exactly(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
}

/** A mount that a user namespace owner may make: sysfs comes from the host, no id but root is mapped. */
function forRootless(mount: Mount): Mount {
  if (mount.destination === "/sys") {
    const options = ["rbind", "nosuid", "noexec", "nodev", "ro"];
    return { destination: "/sys", type: "none", source: "/sys", options };
  }
  if (mount.options === undefined) return mount;
  return { ...mount, options: mount.options.filter((option) => !/^[ug]id=/.test(option)) };
}

function isUnified(): boolean {
  try {
    Deno.lstatSync("/sys/fs/cgroup/cgroup.controllers"); // only the root of a v2 hierarchy has it there
    return true;
  } catch {
    return false;
  }
}

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

const MOUNTS: readonly Mount[] = [
  { destination: "/proc", type: "proc", source: "proc" },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
  },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
  {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
  },
];

const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/sys/firmware",
  "/proc/scsi",
];

const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
