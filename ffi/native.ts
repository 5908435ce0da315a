/**
 * The one place where JavaScript meets machine code: an executable page with our routines, and an arena for what
 * the kernel sees by address. Nothing in it is ever moved or collected.
 *
 * @module
 */
import { fromHex } from "./init_image/elf.ts";
import type { MachineCode } from "./init_image/machine_code.ts";
import { X86_64 } from "./init_image/x86_64.ts";
import { SYSCALLS } from "./syscall_numbers/x86_64.ts";

const PAGE = 4096;
const PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;
const MAP_PRIVATE_ANONYMOUS = 0x22;
/** Bytes of the arena that calls of this process use. */
const ARENA_SIZE = 0x40000;

/** Routines and memory of this process. */
export interface Native {
  readonly code: MachineCode;
  readonly numbers: typeof SYSCALLS;
  /** The arena. */
  readonly arena: Uint8Array<ArrayBuffer>;
  /** The address of its first byte. */
  readonly arenaAddress: number;
  /** A raw system call; `-errno` for a failure. */
  call(number: number, ...args: readonly (number | bigint)[]): number;
  /** Runs the spawn routine on a struct at an address; the child's pid or `-errno`. */
  spawn(structAddress: number): number;
  /** Maps code, written first and executable after; its address. */
  mapCode(code: Uint8Array): number;
  /** What the C library says of an errno (`strerror(3)`). */
  errorText(errno: number): string;
}

/**
 * Maps the routines.
 *
 * @throws {Error} on an architecture that has none, or without a C library to bind
 */
export function openNative(): Native {
  if (Deno.build.arch !== "x86_64") {
    throw new Error(`Cannot run on ${Deno.build.arch}: no machine code for it yet`);
  }
  const code = X86_64;
  const { symbols: libc } = Deno.dlopen("libc.so.6", {
    mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
    mprotect: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  });
  const map = (size: number) => {
    const pointer = libc.mmap(null, BigInt(size), PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
    if (pointer === null || Deno.UnsafePointer.value(pointer) === 0xffffffffffffffffn) {
      throw new Error(`Cannot map ${size} bytes of memory`);
    }
    const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
    return { pointer, address: Number(Deno.UnsafePointer.value(pointer)), bytes };
  };
  // Never writable and executable at once.
  const mapCode = (routines: Uint8Array) => {
    const page = map(PAGE);
    page.bytes.set(routines);
    if (libc.mprotect(page.pointer, BigInt(PAGE), PROT_READ | PROT_EXEC) !== 0) {
      throw new Error("Cannot make a page executable: a security policy of this host forbids it");
    }
    return page.address;
  };
  const arena = map(ARENA_SIZE), spawnAt = 64;
  const routines = new Uint8Array(PAGE);
  routines.set(fromHex(code.call));
  routines.set(fromHex(code.spawn), spawnAt);
  const routinesAt = mapCode(routines);
  const callRoutine = new Deno.UnsafeFnPointer(
    Deno.UnsafePointer.create(BigInt(routinesAt))!,
    { parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], result: "i64" } as const,
  );
  return {
    code,
    numbers: SYSCALLS,
    arena: arena.bytes,
    arenaAddress: arena.address,
    call: (number, a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0) =>
      Number(
        callRoutine.call(
          number as unknown as bigint,
          a0 as bigint,
          a1 as bigint,
          a2 as bigint,
          a3 as bigint,
          a4 as bigint,
          a5 as bigint,
        ),
      ),
    spawn: (structAddress) => {
      const routine = new Deno.UnsafeFnPointer(
        Deno.UnsafePointer.create(BigInt(routinesAt + spawnAt))!,
        { parameters: ["i64"], result: "i64" } as const,
      );
      return Number(routine.call(BigInt(structAddress)));
    },
    mapCode,
    errorText: (errno) => {
      const lib = Deno.dlopen("libc.so.6", { strerror: { parameters: ["i32"], result: "pointer" } });
      const pointer = lib.symbols.strerror(errno);
      return pointer === null ? "unknown error" : new Deno.UnsafePointerView(pointer).getCString();
    },
  };
}
