/**
 * Bundles for training: as `runc spec` writes them, with a program of a few bytes of machine code, so that nothing
 * of the host is needed.
 *
 * @module
 */

/** `exit(0)`. */
const EXIT = [0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05];
/** `nanosleep({ 30, 0 }, 0)`, then `exit(0)`: long enough to be killed, and gone if nobody does. */
const SLEEP = [
  ...[0xb8, 0x23, 0, 0, 0, 0x48, 0x8d, 0x3d, 4 + EXIT.length, 0, 0, 0, 0x31, 0xf6, 0x0f, 0x05],
  ...EXIT,
  ...[30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];

/** A static executable for x86-64 of one segment; see `elf(5)`. */
export function writeProgram(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const start = 64 + 56, bytes = new Uint8Array(start + code.length), view = new DataView(bytes.buffer);
  const base = 0x400000n, size = BigInt(bytes.length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.set(code, start);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 62, true); // x86-64
  view.setUint32(20, 1, true);
  view.setBigUint64(24, base + BigInt(start), true); // entry
  view.setBigUint64(32, 64n, true); // program headers
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true); // PT_LOAD
  view.setUint32(68, 5, true); // read, execute
  view.setBigUint64(80, base, true);
  view.setBigUint64(88, base, true);
  view.setBigUint64(96, size, true);
  view.setBigUint64(104, size, true);
  view.setBigUint64(112, 4096n, true);
  return bytes;
}

/** Capabilities of `runc spec`. */
const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"];

/** The mounts of `runc spec`, but for the cgroups: what is trained is not worth a look at the host's. */
const MOUNTS = [
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
    options: ["nosuid", "noexec", "nodev", "ro"],
  },
];

const MASKED = [
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
const READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** A `config.json` for a program. */
export function trainingConfig(program: string): unknown {
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: [program],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
      cwd: "/",
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "runc",
    mounts: MOUNTS,
    linux: {
      resources: { devices: [{ allow: false, access: "rwm" }] },
      namespaces: ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type })),
      maskedPaths: MASKED,
      readonlyPaths: READONLY,
    },
  };
}

/**
 * Writes two bundles: one whose program ends at once, one whose program waits to be killed.
 *
 * @param directory an existing directory
 */
export function writeTrainingBundle(directory: string): { short: string; long: string } {
  const write = (name: string, code: readonly number[]) => {
    const bundle = `${directory}/${name}`;
    Deno.mkdirSync(`${bundle}/rootfs/bin`, { recursive: true });
    Deno.writeFileSync(`${bundle}/rootfs/bin/program`, writeProgram(code), { mode: 0o755 });
    Deno.writeTextFileSync(
      `${bundle}/config.json`,
      JSON.stringify(trainingConfig("/bin/program"), null, "\t"),
    );
    return bundle;
  };
  return { short: write("short", EXIT), long: write("long", SLEEP) };
}
