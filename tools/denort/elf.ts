/**
 * Reads and changes 64-bit little-endian ELF executables in place; see `elf(5)`. Addresses are `number`s: those of
 * user space fit.
 *
 * @module
 */
import { BuildError } from "./build_error.ts";

/** `e_type`. */
export const ET_EXEC = 2, ET_DYN = 3;
/** `e_machine`. */
export const EM_X86_64 = 62;
/** `p_type`. */
export const PT_LOAD = 1, PT_DYNAMIC = 2, PT_PHDR = 6, PT_GNU_STACK = 0x6474e551;
/** `p_flags`. */
export const PF_X = 1, PF_W = 2, PF_R = 4;

/** Bytes of a program header. */
export const PROGRAM_HEADER_SIZE = 56;
/** Bytes of an entry of a relocation table with addends. */
export const RELA_SIZE = 24;
/** Bytes of an entry of a symbol table. */
export const SYMBOL_SIZE = 24;

/** A program header. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly size: number;
  readonly align: number;
}

/** An executable: its bytes, and what was read of them when it was opened. */
export interface Elf {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly type: number;
  readonly entry: number;
  /** Where the program headers stand in the file. */
  readonly headersAt: number;
  readonly segments: readonly Segment[];
}

/**
 * Reads the headers of an executable.
 *
 * @throws {BuildError} when it is none of x86-64
 */
export function readElf(bytes: Uint8Array<ArrayBuffer>): Elf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) {
    throw new BuildError("Cannot read Deno's executable: not a 64-bit little-endian ELF file");
  }
  const machine = view.getUint16(18, true), headerSize = view.getUint16(54, true);
  if (machine !== EM_X86_64) {
    throw new BuildError(
      `Cannot read Deno's executable: machine ${machine}, and only x86-64 (62) has a stub`,
    );
  }
  if (headerSize !== PROGRAM_HEADER_SIZE) {
    throw new BuildError(`Cannot read Deno's executable: program headers of ${headerSize} bytes`);
  }
  const headersAt = readWord(view, 32), count = view.getUint16(56, true), segments: Segment[] = [];
  for (let i = 0; i < count; i++) segments.push(readSegment(view, headersAt + i * PROGRAM_HEADER_SIZE));
  return { bytes, view, type: view.getUint16(16, true), entry: readWord(view, 24), headersAt, segments };
}

/** A 64-bit word as a number. */
export function readWord(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Writes a 64-bit word; negative numbers as two's complement. */
export function writeWord(view: DataView, at: number, value: number): void {
  view.setBigInt64(at, BigInt(value), true);
}

function readSegment(view: DataView, at: number): Segment {
  return {
    type: view.getUint32(at, true),
    flags: view.getUint32(at + 4, true),
    offset: readWord(view, at + 8),
    address: readWord(view, at + 16),
    fileSize: readWord(view, at + 32),
    size: readWord(view, at + 40),
    align: readWord(view, at + 48),
  };
}

/** Writes program header `index`; physical addresses are the virtual ones. */
export function writeSegment(elf: Elf, index: number, segment: Segment): void {
  const { view } = elf, at = elf.headersAt + index * PROGRAM_HEADER_SIZE;
  view.setUint32(at, segment.type, true);
  view.setUint32(at + 4, segment.flags, true);
  writeWord(view, at + 8, segment.offset);
  writeWord(view, at + 16, segment.address);
  writeWord(view, at + 24, segment.address);
  writeWord(view, at + 32, segment.fileSize);
  writeWord(view, at + 40, segment.size);
  writeWord(view, at + 48, segment.align);
}

/**
 * Where an address stands in the file.
 *
 * @throws {BuildError} when no segment has it
 */
export function fileOffset(elf: Elf, address: number): number {
  for (const segment of elf.segments) {
    if (
      segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.fileSize
    ) {
      return address - segment.address + segment.offset;
    }
  }
  throw new BuildError(`Cannot read Deno's executable: address 0x${address.toString(16)} is not in the file`);
}

/** Forgets the section headers: nothing that runs a program reads them, and they would no longer be true. */
export function dropSections(elf: Elf): void {
  writeWord(elf.view, 40, 0);
  elf.view.setUint16(60, 0, true);
  elf.view.setUint16(62, 0, true);
}
