/**
 * The one place where JavaScript meets machine code: our routines, and an arena for what the kernel sees by address.
 * Nothing in it is ever moved or collected.
 *
 * The routines find all they need in a frame of eight words, and leave the result in its last one. A call with
 * arguments costs three times as much (they are converted one by one), and libc's `errno` could be changed before it
 * is read. The executable's entry stub has the routines in its segment; elsewhere they are mapped with the help of
 * libc, which costs half a millisecond.
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
import { readWord, writeWord } from "./words.ts";
import { SYSCALLS } from "./syscall_numbers/x86_64.ts";

const PAGE = 4096;
const PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;
const MAP_PRIVATE_ANONYMOUS = 0x22;
/** Bytes of the arena that calls of this process use: the kernel takes 6 MiB of arguments (`execve(2)`). Untouched, it costs nothing. */
const ARENA_SIZE = 0x800000;
/** Bytes of the frame. */
const FRAME_SIZE = 64;
const RESULT = 56;
const NO_EXEC = "Cannot make a page executable: a security policy of this host forbids it";

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
 * does, which costs 1.5 ms. Without the executable's stub it is `Deno.exit()`, where nothing was mapped, and so it is while
 * the build trains the code caches, which are written then.
 */
export function exitProcess(code: number): never {
  const training = Deno.env.get("RUNT_TRAIN_OUT") !== undefined;
  // With the stub's routines, having them is cheaper than doing without.
  const native = training ? undefined : mapped ?? (findRoutines() && openNative());
  native?.call(native.numbers.exit_group, code);
  Deno.exit(code);
}

/** Mapped once: memory of this process, not state of the program. */
let mapped: Native | undefined;

/** Where the entry stub's segment has the routines (`tools/denort/segment.ts` puts them there). */
export const STUB_ROUTINES = { spawn: 4928, call: 5024 } as const;
/** The stub's record (`start_facts.ts`): the word with its segment's address, and where scratch space follows. */
const RECORD = Symbol.for("runt.start"), SEGMENT_WORD = 11, SCRATCH = 0x200n;

/** Executable routines, and memory for the first call of them. */
interface Routines {
  readonly call: number;
  readonly spawn: number;
  readonly frame: number;
}

function mapNative(): Native {
  if (Deno.build.arch !== "x86_64") {
    throw new Error(`Cannot run on ${Deno.build.arch}: no machine code for it yet`);
  }
  const code = X86_64, numbers = SYSCALLS;
  const routines = findRoutines() ?? mapRoutines(code, numbers);
  const runCall = pointTo(routines.call);
  const callWith = (frame: Frame, number: number, args: readonly (number | bigint)[]) => {
    writeWord(frame.words, 0, number);
    for (let i = 0; i < 6; i++) writeWord(frame.words, 2 * (i + 1), args[i] ?? 0);
    runCall.call(frame.address as unknown as bigint);
    return readWord(frame.words, RESULT / 4);
  };
  const first = frameAt(routines.frame);
  const map = (size: number) => {
    const flags = PROT_READ | PROT_WRITE;
    const address = callWith(first, numbers.mmap, [0, size, flags, MAP_PRIVATE_ANONYMOUS, -1, 0]);
    if (address < 0 && address >= -4095) throw new Error(`Cannot map ${size} bytes of memory`);
    return address;
  };
  const memory = map(FRAME_SIZE + ARENA_SIZE), frame = frameAt(memory);
  return {
    code,
    numbers,
    arena: bytesAt(memory + FRAME_SIZE, ARENA_SIZE),
    arenaAddress: memory + FRAME_SIZE,
    call: (number, ...args) => callWith(frame, number, args),
    spawn: (...words) => {
      words.forEach((value, index) => writeWord(frame.words, 2 * index, value));
      pointTo(routines.spawn).call(frame.address as unknown as bigint);
      return readWord(frame.words, RESULT / 4);
    },
    mapCode: (routine) => {
      const page = map(PAGE);
      bytesAt(page, PAGE).set(routine);
      // Never writable and executable at once.
      if (callWith(frame, numbers.mprotect, [page, PAGE, PROT_READ | PROT_EXEC]) !== 0) {
        throw new Error(NO_EXEC);
      }
      return page;
    },
    errorText: (errno) => {
      const lib = Deno.dlopen("libc.so.6", { strerror: { parameters: ["i32"], result: "pointer" } });
      const pointer = lib.symbols.strerror(errno);
      return pointer === null ? "unknown error" : new Deno.UnsafePointerView(pointer).getCString();
    },
  };
}

/** The routines that the executable's stub brings: nothing needs to be bound or mapped for them. */
function findRoutines(): Routines | undefined {
  const record = (globalThis as { [RECORD]?: BigUint64Array<ArrayBuffer> })[RECORD];
  const segment = record && Number(record[SEGMENT_WORD]);
  if (!segment) return undefined;
  const at = Deno.UnsafePointer.value(Deno.UnsafePointer.of(record));
  return {
    call: segment + STUB_ROUTINES.call,
    spawn: segment + STUB_ROUTINES.spawn,
    frame: Number(at + SCRATCH),
  };
}

/** The routines on a page of our own, by one symbol of libc: where there is no stub. A failure of it is -1. */
function mapRoutines(code: MachineCode, numbers: typeof SYSCALLS): Routines {
  const { symbols: libc } = Deno.dlopen("libc.so.6", {
    syscall: { parameters: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], result: "i64" },
  });
  const map = (size: number) => {
    const flags = BigInt(PROT_READ | PROT_WRITE), kind = BigInt(MAP_PRIVATE_ANONYMOUS);
    const address = libc.syscall(BigInt(numbers.mmap), 0n, BigInt(size), flags, kind, -1n, 0n);
    if (address === -1n) throw new Error(`Cannot map ${size} bytes of memory`);
    return Number(address);
  };
  const page = map(PAGE), frame = map(PAGE), bytes = bytesAt(page, PAGE), spawnAt = 128;
  bytes.set(fromHex(code.call));
  bytes.set(fromHex(code.spawn), spawnAt);
  const access = BigInt(PROT_READ | PROT_EXEC);
  if (libc.syscall(BigInt(numbers.mprotect), BigInt(page), BigInt(PAGE), access, 0n, 0n, 0n) !== 0n) {
    throw new Error(NO_EXEC);
  }
  return { call: page, spawn: page + spawnAt, frame };
}

/** The eight words of a call. */
interface Frame {
  readonly address: number;
  readonly words: Int32Array;
}

function frameAt(address: number): Frame {
  const { buffer, byteOffset } = bytesAt(address, FRAME_SIZE);
  return { address, words: new Int32Array(buffer, byteOffset, FRAME_SIZE / 4) };
}

function bytesAt(address: number, size: number): Uint8Array<ArrayBuffer> {
  const pointer = Deno.UnsafePointer.create(BigInt(address))!;
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
}

function pointTo(address: number) {
  const pointer = Deno.UnsafePointer.create<{ parameters: ["i64"]; result: "void" }>(BigInt(address))!;
  return new Deno.UnsafeFnPointer(pointer, { parameters: ["i64"], result: "void" });
}
