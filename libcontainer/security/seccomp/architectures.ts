/** The columns of the table of system calls. */
export type TableName = keyof typeof import("./syscall_table.ts").NUMBERS;

/** What a filter has to know of an architecture. */
export interface Architecture {
  /** Whose numbers are used. */
  readonly table: TableName;
  /** What the kernel says in `seccomp_data.arch`: `AUDIT_ARCH_*` of linux/audit.h. x32 has x86-64's. */
  readonly audit: number;
  /** Bits of an argument: 32 is what compat system calls have, whose upper halves are not looked at. */
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  /** What is added to the table's numbers: the O32, N64 and N32 calls of MIPS, and x32's bit. */
  readonly base: number;
  /** The numbers of `socketcall(2)` and `ipc(2)`, where sockets and System V IPC may be reached by those as well. */
  readonly multiplexed: boolean;
}

/** Set in the number of every call of x32, beside which `AUDIT_ARCH` is that of x86-64. */
export const X32_BIT = 0x40000000;

const LITTLE = 0x40000000, WIDE = 0x80000000, N32 = 0x20000000;

function make(
  table: TableName,
  machine: number,
  audit: number,
  base = 0,
  multiplexed = false,
): Architecture {
  return {
    table,
    audit: (machine | audit) >>> 0,
    bits: audit & WIDE && !(audit & N32) ? 64 : 32,
    bigEndian: !(audit & LITTLE),
    base,
    multiplexed,
  };
}

/** The specification's names, without `SCMP_ARCH_`. The machines are ELF's, `EM_*`. */
const ARCHITECTURES: Readonly<Record<string, () => Architecture>> = {
  X86: () => make("x86", 3, LITTLE, 0, true),
  X86_64: () => make("x86_64", 62, LITTLE | WIDE),
  X32: () => ({ ...make("x32", 62, LITTLE | WIDE, X32_BIT), bits: 32 }),
  ARM: () => make("arm", 40, LITTLE),
  AARCH64: () => make("aarch64", 183, LITTLE | WIDE),
  MIPS: () => make("mips", 8, 0, 4000, true),
  MIPSEL: () => make("mips", 8, LITTLE, 4000, true),
  MIPS64: () => make("mips64", 8, WIDE, 5000),
  MIPSEL64: () => make("mips64", 8, LITTLE | WIDE, 5000),
  MIPS64N32: () => make("mips64n32", 8, WIDE | N32, 6000),
  MIPSEL64N32: () => make("mips64n32", 8, LITTLE | WIDE | N32, 6000),
  PPC: () => make("ppc", 20, 0, 0, true),
  PPC64: () => make("ppc64", 21, WIDE, 0, true),
  PPC64LE: () => make("ppc64", 21, LITTLE | WIDE, 0, true),
  S390: () => make("s390", 22, 0, 0, true),
  S390X: () => make("s390x", 22, WIDE, 0, true),
  PARISC: () => make("parisc", 15, 0),
  PARISC64: () => make("parisc64", 15, WIDE),
  RISCV64: () => make("riscv64", 243, LITTLE | WIDE),
  LOONGARCH64: () => make("loongarch64", 258, LITTLE | WIDE),
  M68K: () => make("m68k", 4, 0, 0, true),
  SH: () => make("sh", 42, LITTLE, 0, true),
  SHEB: () => make("sh", 42, 0, 0, true),
};

/** Looks an architecture up by the specification's name, such as `SCMP_ARCH_X86`; undefined for others. */
export function findArchitecture(name: string): Architecture | undefined {
  return name.startsWith("SCMP_ARCH_") ? ARCHITECTURES[name.slice(10)]?.() : undefined;
}

/** All names that {@linkcode findArchitecture} knows. */
export function architectureNames(): string[] {
  return Object.keys(ARCHITECTURES).map((name) => `SCMP_ARCH_${name}`);
}
