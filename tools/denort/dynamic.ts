/**
 * The dynamic section of an executable: what `ld.so(8)` reads of it.
 *
 * @module
 */
import { BuildError } from "./build_error.ts";
import { type Elf, fileOffset, PT_DYNAMIC, readWord, RELA_SIZE, SYMBOL_SIZE } from "./elf.ts";

/** `d_tag`s, as in `<elf.h>`. */
export const DT = {
  PLTRELSZ: 2,
  PLTGOT: 3,
  HASH: 4,
  STRTAB: 5,
  SYMTAB: 6,
  RELA: 7,
  RELASZ: 8,
  INIT: 12,
  FINI: 13,
  JMPREL: 23,
  INIT_ARRAY: 25,
  FINI_ARRAY: 26,
  PREINIT_ARRAY: 32,
  GNU_HASH: 0x6ffffef5,
  VERSYM: 0x6ffffff0,
  RELACOUNT: 0x6ffffff9,
  FLAGS_1: 0x6ffffffb,
  VERDEF: 0x6ffffffc,
  VERNEED: 0x6ffffffe,
} as const;

/** Relocation types of x86-64. */
export const R_X86_64 = { WORD64: 1, GLOB_DAT: 6, JUMP_SLOT: 7, RELATIVE: 8 } as const;

/** The dynamic section: from a tag to where its value stands in the file. */
export type Dynamic = ReadonlyMap<number, number>;

/** One relocation. */
export interface Relocation {
  /** Where the entry stands in the file. */
  readonly at: number;
  readonly type: number;
  readonly symbol: number;
  /** The address that is written. */
  readonly target: number;
  readonly addend: number;
}

/**
 * Reads the dynamic section. Of tags that may stand there more than once (needed libraries), the last is kept.
 *
 * @throws {BuildError} when there is none
 */
export function readDynamic(elf: Elf): Dynamic {
  const segment = elf.segments.find((segment) => segment.type === PT_DYNAMIC);
  if (segment === undefined) throw new BuildError("Cannot read Deno's executable: not dynamically linked");
  const entries = new Map<number, number>();
  for (let at = segment.offset; at < segment.offset + segment.fileSize; at += 16) {
    const tag = readWord(elf.view, at);
    if (tag === 0) break;
    entries.set(tag, at + 8);
  }
  return entries;
}

/** The value of a tag; `undefined` without it. */
export function dynamicValue(elf: Elf, dynamic: Dynamic, tag: number): number | undefined {
  const at = dynamic.get(tag);
  return at === undefined ? undefined : readWord(elf.view, at);
}

/**
 * The value of a tag that must be there.
 *
 * @throws {BuildError} when it is not
 */
export function requireDynamic(elf: Elf, dynamic: Dynamic, tag: number): number {
  const value = dynamicValue(elf, dynamic, tag);
  if (value === undefined) {
    throw new BuildError(
      `Cannot read Deno's executable: its dynamic section has no tag 0x${tag.toString(16)}`,
    );
  }
  return value;
}

/** The entries of a relocation table of `size` bytes at an address. */
export function* readRelocations(elf: Elf, address: number, size: number): Generator<Relocation> {
  const start = fileOffset(elf, address);
  for (let at = start; at < start + size; at += RELA_SIZE) {
    yield {
      at,
      type: elf.view.getUint32(at + 8, true),
      symbol: elf.view.getUint32(at + 12, true),
      target: readWord(elf.view, at),
      addend: Number(elf.view.getBigInt64(at + 16, true)),
    };
  }
}

/** The name of a dynamic symbol. */
export function symbolName(elf: Elf, dynamic: Dynamic, index: number): string {
  const entry = fileOffset(elf, requireDynamic(elf, dynamic, DT.SYMTAB)) + index * SYMBOL_SIZE;
  const start = fileOffset(elf, requireDynamic(elf, dynamic, DT.STRTAB)) + elf.view.getUint32(entry, true);
  return new TextDecoder().decode(elf.bytes.subarray(start, elf.bytes.indexOf(0, start)));
}

/**
 * How many dynamic symbols there are. Nothing says so outright: the GNU hash table's chains are walked to the
 * highest index.
 */
export function countSymbols(elf: Elf, dynamic: Dynamic): number {
  const { view } = elf, table = fileOffset(elf, requireDynamic(elf, dynamic, DT.GNU_HASH));
  const bucketCount = view.getUint32(table, true), firstHashed = view.getUint32(table + 4, true);
  const buckets = table + 16 + view.getUint32(table + 8, true) * 8, chains = buckets + bucketCount * 4;
  let last = 0;
  for (let i = 0; i < bucketCount; i++) last = Math.max(last, view.getUint32(buckets + i * 4, true));
  if (last < firstHashed) return firstHashed;
  while ((view.getUint32(chains + (last - firstHashed) * 4, true) & 1) === 0) last++;
  return last + 1;
}

/**
 * The address of the loader's slot for libc's variable `environ`.
 *
 * @throws {BuildError} when the executable does not refer to it
 */
export function findEnvironSlot(elf: Elf, dynamic: Dynamic): number {
  const table = requireDynamic(elf, dynamic, DT.RELA), size = requireDynamic(elf, dynamic, DT.RELASZ);
  for (const relocation of readRelocations(elf, table, size)) {
    if (relocation.type !== R_X86_64.GLOB_DAT) continue;
    if (symbolName(elf, dynamic, relocation.symbol) === "environ") return relocation.target;
  }
  throw new BuildError("Cannot build the executable: Deno's has no slot for the variable `environ`");
}
