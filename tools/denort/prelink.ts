/**
 * Prelinking: relocations of a position-independent executable applied for one address, once, at build time.
 *
 * Deno's has some 160,000 of them; to apply them at each start costs 2.5 ms and touches 2.4 MB. The main image
 * loses the randomisation of its address (libraries, heap, stack and V8's code keep theirs); so each build draws
 * its own.
 *
 * @module
 */
import { BuildError } from "./build_error.ts";
import {
  countSymbols,
  DT,
  type Dynamic,
  dynamicValue,
  R_X86_64,
  readDynamic,
  readRelocations,
  requireDynamic,
} from "./dynamic.ts";
import {
  dropSections,
  type Elf,
  ET_DYN,
  ET_EXEC,
  fileOffset,
  PT_GNU_STACK,
  readElf,
  readWord,
  RELA_SIZE,
  SYMBOL_SIZE,
  writeSegment,
  writeWord,
} from "./elf.ts";

const STT_TLS = 6, SHN_UNDEF = 0, SHN_ABS = 0xfff1;
const DF_1_PIE = 0x08000000;

/** Tags whose values are addresses. */
const ADDRESS_TAGS = [
  DT.PLTGOT,
  DT.HASH,
  DT.STRTAB,
  DT.SYMTAB,
  DT.RELA,
  DT.INIT,
  DT.FINI,
  DT.JMPREL,
  DT.INIT_ARRAY,
  DT.FINI_ARRAY,
  DT.PREINIT_ARRAY,
  DT.GNU_HASH,
  DT.VERSYM,
  DT.VERDEF,
  DT.VERNEED,
];

const PAGE = 4096;
/**
 * Where a base may lie: above what 32-bit habits use, below where the kernel puts stack and libraries. Half a TiB
 * is all that a process has under User-mode Linux (0x7f_c000_0000), where the guests' tests run this file.
 */
const LOWEST_BASE = 0x10_0000_0000, HIGHEST_BASE = 0x50_0000_0000;

/**
 * Draws an address for an image: an odd number of pages in a range of 256 GiB, which is 25 bits of chance. Odd, for
 * at a multiple of 2 MiB the kernel maps the file by huge pages, and 20 MB more count as ours without any gain.
 */
export function drawBase(random: (values: Uint32Array<ArrayBuffer>) => void = fillRandomly): number {
  const values = new Uint32Array(1);
  random(values);
  return LOWEST_BASE + (values[0]! % ((HIGHEST_BASE - LOWEST_BASE) / (2 * PAGE))) * 2 * PAGE + PAGE;
}

function fillRandomly(values: Uint32Array<ArrayBuffer>): void {
  crypto.getRandomValues(values);
}

/**
 * Prelinks an executable in place.
 *
 * @param base the address of the image; a multiple of the page size
 * @returns how many relocations were applied, and how many the loader keeps
 * @throws {BuildError} on a relocation that it does not know
 */
export function prelink(bytes: Uint8Array<ArrayBuffer>, base: number): { applied: number; kept: number } {
  const elf = readElf(bytes);
  if (elf.type !== ET_DYN) {
    throw new BuildError(`Cannot prelink Deno's executable: type ${elf.type} is not position-independent`);
  }
  const dynamic = readDynamic(elf);
  const applied = applyRelative(elf, dynamic, base);
  const kept = moveRelocations(elf, dynamic, base, applied);
  moveSymbols(elf, dynamic, base);
  moveDynamic(elf, dynamic, base, applied);
  elf.segments.forEach((segment, index) => {
    if (segment.type === PT_GNU_STACK) return;
    writeSegment(elf, index, { ...segment, address: segment.address + base });
  });
  writeWord(elf.view, 24, elf.entry + base);
  elf.view.setUint16(16, ET_EXEC, true);
  dropSections(elf);
  return { applied, kept };
}

/** Writes what the relative relocations say. The linker puts them first; returns how many there are. */
function applyRelative(elf: Elf, dynamic: Dynamic, base: number): number {
  const table = requireDynamic(elf, dynamic, DT.RELA), size = requireDynamic(elf, dynamic, DT.RELASZ);
  let applied = 0, other = false;
  for (const relocation of readRelocations(elf, table, size)) {
    if (relocation.type !== R_X86_64.RELATIVE) {
      other = true;
      continue;
    }
    if (other) {
      throw new BuildError("Cannot prelink Deno's executable: its relative relocations do not come first");
    }
    writeWord(elf.view, fileOffset(elf, relocation.target), base + relocation.addend);
    applied++;
  }
  const start = fileOffset(elf, table);
  elf.bytes.fill(0, start, start + applied * RELA_SIZE);
  return applied;
}

/** Moves the targets of the relocations that stay, and the slots of functions that are bound when first called. */
function moveRelocations(elf: Elf, dynamic: Dynamic, base: number, applied: number): number {
  const table = requireDynamic(elf, dynamic, DT.RELA), size = requireDynamic(elf, dynamic, DT.RELASZ);
  const first = applied * RELA_SIZE;
  let kept = 0;
  const move = (address: number, size: number) => {
    for (const { at, type, target } of readRelocations(elf, address, size)) {
      if (type !== R_X86_64.WORD64 && type !== R_X86_64.GLOB_DAT && type !== R_X86_64.JUMP_SLOT) {
        throw new BuildError(`Cannot prelink Deno's executable: relocation of unknown type ${type}`);
      }
      if (type === R_X86_64.JUMP_SLOT) {
        const slot = fileOffset(elf, target), stub = readWord(elf.view, slot);
        if (stub !== 0) writeWord(elf.view, slot, stub + base);
      }
      writeWord(elf.view, at, target + base);
      kept++;
    }
  };
  if (first < size) move(table + first, size - first);
  const calls = dynamicValue(elf, dynamic, DT.JMPREL);
  if (calls !== undefined && (calls < table || calls >= table + size)) {
    move(calls, requireDynamic(elf, dynamic, DT.PLTRELSZ));
  }
  return kept;
}

function moveSymbols(elf: Elf, dynamic: Dynamic, base: number): void {
  const table = fileOffset(elf, requireDynamic(elf, dynamic, DT.SYMTAB));
  for (let i = 1; i < countSymbols(elf, dynamic); i++) {
    const at = table + i * SYMBOL_SIZE, section = elf.view.getUint16(at + 6, true);
    const isTls = (elf.view.getUint8(at + 4) & 15) === STT_TLS;
    if (section === SHN_UNDEF || section === SHN_ABS || isTls) continue;
    writeWord(elf.view, at + 8, readWord(elf.view, at + 8) + base);
  }
}

function moveDynamic(elf: Elf, dynamic: Dynamic, base: number, applied: number): void {
  const change = (tag: number, to: (value: number) => number) => {
    const at = dynamic.get(tag);
    if (at !== undefined) writeWord(elf.view, at, to(readWord(elf.view, at)));
  };
  for (const tag of ADDRESS_TAGS) change(tag, (value) => value + base);
  change(DT.RELA, (value) => value + applied * RELA_SIZE);
  change(DT.RELASZ, (value) => value - applied * RELA_SIZE);
  change(DT.RELACOUNT, () => 0);
  change(DT.FLAGS_1, (value) => value & ~DF_1_PIE);
}
