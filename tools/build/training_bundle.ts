/**
 * Bundles for training: as `runc spec` writes them, with a program of a few bytes of machine code, so that nothing
 * of the host is needed.
 *
 * @module
 */
import { exampleSpec } from "../../libcontainer/spec/example.ts";
import type { Spec } from "../../libcontainer/spec/mod.ts";
import type { LinuxSeccomp } from "../../libcontainer/spec/seccomp.ts";

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

/** A profile with what is in those that engines ship, and that the programs above can live with. */
const PROFILE: LinuxSeccomp = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 38,
  architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  syscalls: [
    { names: ["bdflush", "mount", "umount2", "setns"], action: "SCMP_ACT_ERRNO", errnoRet: 1 },
    {
      names: ["accept", "bind", "execve", "exit", "exit_group", "nanosleep", "read", "write", "semop"],
      action: "SCMP_ACT_ALLOW",
    },
    ...[0, 8, 0xffffffff].map((value) => ({
      names: ["personality"],
      action: "SCMP_ACT_ALLOW" as const,
      args: [{ index: 0, value, op: "SCMP_CMP_EQ" as const }],
    })),
    {
      names: ["clone"],
      action: "SCMP_ACT_ALLOW",
      args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
    },
    {
      names: ["socket"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: 22,
      args: [{ index: 0, value: 16, op: "SCMP_CMP_EQ" }, { index: 2, value: 9, op: "SCMP_CMP_EQ" }],
    },
    { names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{ index: 2, value: 9, op: "SCMP_CMP_NE" }] },
  ],
};

/**
 * A `config.json` for a program: that of `runt spec`.
 *
 * @param cgroupNamespace engines ask for one, `runt spec` does not on cgroup v1; the cgroups are mounted differently
 */
export function trainingConfig(program: string, cgroupNamespace: boolean): Spec {
  const { process, linux, ...rest } = exampleSpec({ rootless: false });
  const namespaces = (linux?.namespaces ?? []).filter(({ type }) => type !== "cgroup");
  return {
    ...rest,
    ...(process && { process: { ...process, terminal: false, args: [program] } }),
    linux: {
      ...linux,
      seccomp: PROFILE,
      namespaces: [...namespaces, ...(cgroupNamespace ? [{ type: "cgroup" } as const] : [])],
    },
  };
}

/**
 * Writes two bundles: one whose program ends at once, one whose program waits to be killed.
 *
 * @param directory an existing directory
 */
export function writeTrainingBundle(directory: string): { short: string; long: string } {
  const write = (name: string, code: readonly number[], cgroupNamespace: boolean) => {
    const bundle = `${directory}/${name}`;
    Deno.mkdirSync(`${bundle}/rootfs/bin`, { recursive: true });
    Deno.writeFileSync(`${bundle}/rootfs/bin/program`, writeProgram(code), { mode: 0o755 });
    // What exec executes.
    Deno.writeFileSync(`${bundle}/rootfs/bin/true`, writeProgram(EXIT), { mode: 0o755 });
    Deno.writeTextFileSync(
      `${bundle}/config.json`,
      JSON.stringify(trainingConfig("/bin/program", cgroupNamespace)),
    );
    return bundle;
  };
  return { short: write("short", EXIT, false), long: write("long", SLEEP, true) };
}
