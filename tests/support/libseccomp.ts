/**
 * libseccomp's library, and what runc does with it: the reference for runt's own compiler.
 *
 * @module
 */
import type { LinuxSeccomp, LinuxSeccompArg } from "../../libcontainer/spec/seccomp.ts";

const PATH = "libseccomp.so.2";
const OPERATORS = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"];
const ATTRIBUTE_OPTIMIZE = 8, UNKNOWN = -1;

const ACTIONS: Record<string, number> = {
  KILL: 0,
  KILL_THREAD: 0,
  KILL_PROCESS: 0x80000000,
  TRAP: 0x30000,
  ERRNO: 0x50000,
  TRACE: 0x7ff00000,
  LOG: 0x7ffc0000,
  ALLOW: 0x7fff0000,
  NOTIFY: 0x7fc00000,
};

/** libseccomp's number for an action, as runc makes it. */
export function actionOf(action: string, errno = 1): number {
  const name = action.slice("SCMP_ACT_".length);
  return (ACTIONS[name]! | (name === "ERRNO" || name === "TRACE" ? errno & 0xffff : 0)) >>> 0;
}

/** A refusal of libseccomp's: the errno. */
export class LibseccompError extends Error {
  constructor(readonly errno: number, what: string) {
    super(`${what}: errno ${errno}`);
  }
}

/** The library. */
export class Libseccomp implements Disposable {
  readonly #library = Deno.dlopen(PATH, {
    seccomp_init: { parameters: ["u32"], result: "pointer" },
    seccomp_release: { parameters: ["pointer"], result: "void" },
    seccomp_arch_add: { parameters: ["pointer", "u32"], result: "i32" },
    seccomp_attr_set: { parameters: ["pointer", "u32", "u32"], result: "i32" },
    seccomp_rule_add_array: { parameters: ["pointer", "u32", "i32", "u32", "buffer"], result: "i32" },
    seccomp_export_bpf: { parameters: ["pointer", "i32"], result: "i32" },
    seccomp_arch_resolve_name: { parameters: ["buffer"], result: "u32" },
    seccomp_syscall_resolve_name_arch: { parameters: ["u32", "buffer"], result: "i32" },
    seccomp_version: { parameters: [], result: "pointer" },
  });
  readonly #libc = Deno.dlopen("libc.so.6", {
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
    pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });

  /** Major, minor and patch level. */
  get version(): string {
    const view = new Deno.UnsafePointerView(this.#library.symbols.seccomp_version()!);
    return [view.getUint32(0), view.getUint32(4), view.getUint32(8)].join(".");
  }

  /** libseccomp's token for an architecture of the specification; 0 when it does not know it. */
  token(architecture: string): number {
    const name = architecture.slice("SCMP_ARCH_".length).toLowerCase();
    return this.#library.symbols.seccomp_arch_resolve_name(cString(name));
  }

  /** A call's number; negative for one that the architecture has not got, undefined for an unknown one. */
  number(token: number, name: string): number | undefined {
    const number = this.#library.symbols.seccomp_syscall_resolve_name_arch(token, cString(name));
    return number === UNKNOWN ? undefined : number;
  }

  /**
   * Compiles a profile as runc does, without the part for calls newer than the profile.
   *
   * @throws {LibseccompError} for a profile that runc refuses
   */
  compile(profile: LinuxSeccomp, native = "SCMP_ARCH_X86_64"): Uint32Array {
    const { symbols } = this.#library, { syscalls = [] } = profile;
    const byDefault = actionOf(profile.defaultAction, profile.defaultErrnoRet);
    const context = symbols.seccomp_init(byDefault);
    try {
      const check = (code: number, what: string) => {
        if (code !== 0) throw new LibseccompError(-code, what);
      };
      for (const name of profile.architectures ?? []) {
        const code = symbols.seccomp_arch_add(context, this.token(name));
        if (code !== -17) check(code, name);
      }
      // runc counts the rules by names.
      if (syscalls.reduce((sum, { names }) => sum + names.length, 0) > 32) {
        symbols.seccomp_attr_set(context, ATTRIBUTE_OPTIMIZE, 2);
      }
      for (const { names, action, errnoRet, args = [] } of syscalls) {
        const code = actionOf(action, errnoRet);
        if (code === byDefault) continue;
        for (const name of names) {
          const number = this.number(this.token(native), name);
          if (number === undefined) continue;
          const together = new Set(args.map(({ index }) => index)).size === args.length;
          for (const list of together ? [args] : args.map((arg) => [arg])) {
            const encoded = encodeArgs(list);
            check(symbols.seccomp_rule_add_array(context, code, number, list.length, encoded), name);
          }
        }
      }
      return this.#export(context);
    } finally {
      symbols.seccomp_release(context);
    }
  }

  #export(context: Deno.PointerValue): Uint32Array {
    const { memfd_create, pread, close } = this.#libc.symbols;
    const fd = memfd_create(cString("filter"), 0), bytes = new Uint8Array(1 << 20);
    try {
      const code = this.#library.symbols.seccomp_export_bpf(context, fd);
      if (code !== 0) throw new LibseccompError(-code, "export");
      const size = Number(pread(fd, bytes, BigInt(bytes.length), 0n));
      return new Uint32Array(bytes.slice(0, size).buffer);
    } finally {
      close(fd);
    }
  }

  [Symbol.dispose](): void {
    this.#library.close();
    this.#libc.close();
  }
}

/** What runc puts before a filter: whether a number gets ENOSYS since the profile is older than the call. */
export function isHiddenByRunc(
  library: Libseccomp,
  profile: LinuxSeccomp,
  native: string,
): (audit: number, nr: number) => boolean {
  if (["ALLOW", "LOG", "TRACE"].includes(profile.defaultAction.slice("SCMP_ACT_".length))) return () => false;
  const newest = new Map<number, Map<string, number>>();
  for (const name of new Set([...profile.architectures ?? [], native])) {
    const token = library.token(name);
    let largest = 0;
    for (const { names } of profile.syscalls ?? []) {
      for (const call of names) largest = Math.max(largest, library.number(token, call) ?? 0);
    }
    if (largest === 0) continue;
    // x32's token is not what the kernel says.
    const audit = name === "SCMP_ARCH_X32" ? library.token("SCMP_ARCH_X86_64") : token;
    const modes = newest.get(audit) ?? new Map<string, number>();
    newest.set(audit, modes.set(name, largest));
  }
  return (audit, nr) => {
    const modes = newest.get(audit);
    if (!modes) return false;
    if (audit !== library.token("SCMP_ARCH_X86_64")) return nr > [...modes.values()][0]!;
    const largest = modes.get(nr & 0x40000000 ? "SCMP_ARCH_X32" : "SCMP_ARCH_X86_64");
    return largest !== undefined && nr > largest;
  };
}

function encodeArgs(args: readonly LinuxSeccompArg[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(24 * Math.max(args.length, 1)), view = new DataView(bytes.buffer);
  args.forEach(({ index, op, value, valueTwo = 0 }, i) => {
    view.setUint32(24 * i, index, true);
    view.setUint32(24 * i + 4, OPERATORS.indexOf(op.slice("SCMP_CMP_".length)) + 1, true);
    view.setBigUint64(24 * i + 8, BigInt(value), true);
    view.setBigUint64(24 * i + 16, BigInt(valueTwo), true);
  });
  return bytes;
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
