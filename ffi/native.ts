/**
 * The one place where JavaScript meets machine code: an executable page with our routines, and an arena for what
 * the kernel sees by address. Nothing in it is ever moved or collected.
 *
 * The routines take no arguments: they find them in a frame of eight words at the arena's start, and leave the result
 * in its last word. A call with arguments costs three times as much (they are converted one by one), and libc's
 * `errno` could be changed before it is read.
 *
 * ```
 *   0       8    16   24   32   40   48        56       64
 *   ┌───────┬────┬────┬────┬────┬────┬─────────┬────────┬─────────────────────────
 *   │number │ a0 │ a1 │ a2 │ a3 │ a4 │ a5      │ result │ what arguments point to …
 *   └───────┴────┴────┴────┴────┴────┴─────────┴────────┴─────────────────────────
 *   │clone_args │size │image│argv│envp│socket │control │ pid │      for the spawn routine
 * ```
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
/** Bytes of the arena that calls of this process use: the kernel takes 6 MiB of arguments (`execve(2)`). Untouched, it costs nothing. */
const ARENA_SIZE = 0x800000;
/** Bytes of the frame. */
const FRAME_SIZE = 64;
const RESULT = 56;

/** Routines and memory of this process. */
export interface Native {
  readonly code: MachineCode;
  readonly numbers: typeof SYSCALLS;
  /** The arena, behind the frame. */
  readonly arena: Uint8Array<ArrayBuffer>;
  /** The address of its first byte. */
  readonly arenaAddress: number;
  /** A raw system call; `-errno` for a failure. Values over 2^53 must be given as bigint. */
  call(number: number, ...args: readonly (number | bigint)[]): number;
  /** Runs the spawn routine; the words of its frame but the last. The child's pid or `-errno`. */
  spawn(...frame: readonly number[]): number;
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
  return mapped ??= mapNative();
}

/**
 * Ends this process at once (`exit_group(2)`), without the taking down of V8 and of Deno's threads that `Deno.exit()`
 * does, which costs 1.5 ms. Where nothing was mapped it is `Deno.exit()`, and so it is while the build trains the code
 * caches, which are written then.
 */
export function exitProcess(code: number): never {
  if (mapped && Deno.env.get("RUNT_TRAIN_OUT") === undefined) mapped.call(mapped.numbers.exit_group, code);
  Deno.exit(code);
}

/** Mapped once: memory of this process, not state of the program. */
let mapped: Native | undefined;

function mapNative(): Native {
  if (Deno.build.arch !== "x86_64") {
    throw new Error(`Cannot run on ${Deno.build.arch}: no machine code for it yet`);
  }
  const code = X86_64, numbers = SYSCALLS;
  // One symbol of libc starts it all; binding costs more than anything that is done here. A failure is -1.
  const { symbols: libc } = Deno.dlopen("libc.so.6", {
    syscall: { parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], result: "i64" },
  });
  // The types ask for bigint, which is slower; numbers do as well.
  const libcCall = libc.syscall as unknown as (...words: readonly number[]) => number | bigint;
  const map = (size: number) => {
    const address = Number(
      libcCall(numbers.mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0),
    );
    if (address === -1) throw new Error(`Cannot map ${size} bytes of memory`);
    const pointer = Deno.UnsafePointer.create(BigInt(address))!;
    return { address, bytes: new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size)) };
  };
  // Never writable and executable at once.
  const mapCode = (routines: Uint8Array) => {
    const page = map(PAGE);
    page.bytes.set(routines);
    if (Number(libcCall(numbers.mprotect, page.address, PAGE, PROT_READ | PROT_EXEC, 0, 0, 0)) !== 0) {
      throw new Error("Cannot make a page executable: a security policy of this host forbids it");
    }
    return page.address;
  };
  const memory = map(FRAME_SIZE + ARENA_SIZE);
  const frame = new DataView(memory.bytes.buffer, 0, FRAME_SIZE);
  const callRoutine = fromHex(code.call), spawnRoutine = fromHex(code.spawn), spawnAt = 128;
  const routines = new Uint8Array(PAGE), view = new DataView(routines.buffer);
  routines.set(callRoutine);
  routines.set(spawnRoutine, spawnAt);
  view.setBigUint64(code.callFrameOffset, BigInt(memory.address), true);
  view.setBigUint64(spawnAt + code.spawnFrameOffset, BigInt(memory.address), true);
  const routinesAt = mapCode(routines);
  const routine = (at: number) =>
    new Deno.UnsafeFnPointer(
      Deno.UnsafePointer.create(BigInt(at))!,
      { parameters: [], result: "void" } as const,
    );
  const word = (index: number, value: number | bigint) => {
    if (typeof value === "bigint") return frame.setBigInt64(8 * index, BigInt.asIntN(64, value), true);
    frame.setInt32(8 * index, value | 0, true);
    // A number's own >>> drops what is over 32 bits, so the upper half is a division; it is exact to 2^53.
    frame.setInt32(8 * index + 4, Math.floor(value / 0x100000000) | 0, true);
  };
  const result = () => frame.getUint32(RESULT, true) + frame.getInt32(RESULT + 4, true) * 0x100000000;
  const runCall = routine(routinesAt);
  return {
    code,
    numbers,
    arena: memory.bytes.subarray(FRAME_SIZE),
    arenaAddress: memory.address + FRAME_SIZE,
    call: (number, ...args) => {
      word(0, number);
      for (let i = 0; i < 6; i++) word(i + 1, args[i] ?? 0);
      runCall.call();
      return result();
    },
    spawn: (...words) => {
      words.forEach((value, index) => word(index, value));
      routine(routinesAt + spawnAt).call();
      return result();
    },
    mapCode,
    errorText: (errno) => {
      const lib = Deno.dlopen("libc.so.6", { strerror: { parameters: ["i32"], result: "pointer" } });
      const pointer = lib.symbols.strerror(errno);
      return pointer === null ? "unknown error" : new Deno.UnsafePointerView(pointer).getCString();
    },
  };
}
