/**
 * Bundles of the guest's tests: busybox, and a config.json like that of `runc spec`.
 *
 * @module
 */

/** A rule for devices, as in `linux.resources.devices`. */
export interface DeviceRule {
  allow: boolean;
  type?: "a" | "b" | "c";
  major?: number;
  minor?: number;
  access?: string;
}

/** What a test says of its container. */
export interface BundleSpec {
  /** Script for the container's shell. */
  script: string;
  /** Capabilities beside the usual three. */
  capabilities?: string[];
  /** Namespaces to leave out. */
  without?: string[];
  /** Members of `linux`, as they shall be in config.json. */
  linux?: {
    cgroupsPath?: string;
    resources?: {
      memory?: { limit?: number; reservation?: number; swap?: number };
      cpu?: { shares?: number; quota?: number; period?: number; cpus?: string };
      pids?: { limit: number };
      devices?: DeviceRule[];
    };
  };
}

const APPLETS = ["sh", "cat", "echo", "ls", "mknod", "mkdir", "sleep", "touch", "true", "dd", "tail"];

/** Writes `config.json` and `rootfs` below `directory`. */
export function writeBundle(directory: string, spec: BundleSpec): void {
  const rootfs = `${directory}/rootfs`;
  Deno.mkdirSync(`${rootfs}/bin`, { recursive: true });
  for (const path of ["proc", "sys", "dev", "tmp"]) Deno.mkdirSync(`${rootfs}/${path}`);
  Deno.copyFileSync("/bin/busybox", `${rootfs}/bin/busybox`);
  for (const applet of APPLETS) Deno.symlinkSync("busybox", `${rootfs}/bin/${applet}`);
  Deno.writeTextFileSync(`${directory}/config.json`, JSON.stringify(makeConfig(spec)));
}

function makeConfig(spec: BundleSpec) {
  const capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", ...spec.capabilities ?? []];
  const { resources, ...linux } = spec.linux ?? {};
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: ["/bin/sh", "-c", spec.script],
      env: ["PATH=/bin"],
      cwd: "/",
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: false },
    hostname: "guest",
    mounts: [
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
        destination: "/sys",
        type: "sysfs",
        source: "sysfs",
        options: ["nosuid", "noexec", "nodev", "ro"],
      },
      {
        destination: "/sys/fs/cgroup",
        type: "cgroup",
        source: "cgroup",
        options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
      },
    ],
    linux: {
      ...linux,
      resources: { devices: [{ allow: false, access: "rwm" }], ...resources },
      namespaces: ["pid", "ipc", "uts", "mount", "cgroup"]
        .filter((type) => !spec.without?.includes(type))
        .map((type) => ({ type })),
    },
  };
}
