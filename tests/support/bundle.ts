/**
 * Bundles for tests: a busybox rootfs, `runc spec`'s config, and changes to it.
 *
 * @module
 */

/** A config.json that a test changes. */
// deno-lint-ignore no-explicit-any -- tests write what no type allows
export type Config = any;

/** A bundle in a temporary directory. */
export interface Bundle extends Disposable {
  readonly directory: string;
  readonly rootfs: string;
  /** Writes config.json anew. */
  update(change: (config: Config) => void): void;
}

const APPLETS =
  "sh true false id ls cat env sleep echo mount umount mknod chmod chown stat readlink head tail grep " +
  "sed awk ps kill hostname mkdir rmdir rm touch ln cp mv dd test sort wc tr cut date usleep nc ip pwd umask od " +
  "printf seq xargs find uname dmesg sysctl df du tee sync id whoami yes timeout trap unshare nsenter";

/** Where busybox is; Debian's is static. */
export const BUSYBOX = "/usr/bin/busybox";

/** Fills a directory with what a small image has. */
export function makeRootfs(rootfs: string): void {
  for (const directory of ["bin", "dev", "etc", "proc", "sys", "tmp", "root", "usr/bin", "var"]) {
    Deno.mkdirSync(`${rootfs}/${directory}`, { recursive: true });
  }
  Deno.chmodSync(`${rootfs}/tmp`, 0o1777);
  Deno.copyFileSync(BUSYBOX, `${rootfs}/bin/busybox`);
  Deno.chmodSync(`${rootfs}/bin/busybox`, 0o755);
  for (const applet of new Set(APPLETS.split(" "))) Deno.symlinkSync("busybox", `${rootfs}/bin/${applet}`);
  Deno.writeTextFileSync(
    `${rootfs}/etc/passwd`,
    "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n",
  );
  Deno.writeTextFileSync(`${rootfs}/etc/group`, "root:x:0:\nuser:x:1000:\n");
}

/** What `runc spec` writes, with `terminal: false`. */
export function baseConfig(): Config {
  return structuredClone(BASE);
}

/**
 * Makes a bundle.
 *
 * @param change what to change in {@linkcode baseConfig}
 */
export function makeBundle(change: (config: Config) => void = () => {}): Bundle {
  const directory = Deno.makeTempDirSync({ prefix: "runt-bundle-" });
  // An unprivileged container must be able to reach its root.
  Deno.chmodSync(directory, 0o755);
  const rootfs = `${directory}/rootfs`;
  makeRootfs(rootfs);
  const update = (change: (config: Config) => void) => {
    const config = baseConfig();
    change(config);
    Deno.writeTextFileSync(`${directory}/config.json`, JSON.stringify(config));
  };
  update(change);
  return {
    directory,
    rootfs,
    update,
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

const BASE = {
  ociVersion: "1.2.0",
  process: {
    terminal: false,
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
  ],
  linux: {
    resources: { devices: [{ allow: false, access: "rwm" }] },
    namespaces: ["pid", "network", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type })),
    maskedPaths: [
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
    ],
    readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  },
};
