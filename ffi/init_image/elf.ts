import { ARENA, ARENA_SIZE } from "../batch.ts";
import type { MachineCode } from "./machine_code.ts";

const CODE_ADDRESS = 0x400000;
const EHDR = 64, PHDR = 56, HEAD = EHDR + 2 * PHDR;
/** Bytes of the handler that stands before the loop. */
export const KILLED_SIZE = 12;

/** Where the image's signal handler lies that ends it, with exit code 2. */
export const KILLED_ADDRESS = CODE_ADDRESS + HEAD;

/** Bytes out of hexadecimal text. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text);
}

/**
 * The init image: a static executable of two segments, the code (read, execute) and the arena for messages (read,
 * write, zero at start). See `elf(5)`.
 *
 * @param code the architecture's routines
 * @param control descriptor of the control socket
 */
export function writeInitImage(code: MachineCode, control: number): Uint8Array<ArrayBuffer> {
  const text = fromHex(code.init);
  new DataView(text.buffer).setInt32(code.controlOffset, control, true);
  const image = new Uint8Array(HEAD + text.length), view = new DataView(image.buffer);
  const word = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // ELF, 64 bits, little-endian, version 1
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, code.elfMachine, true);
  view.setUint32(20, 1, true);
  word(24, KILLED_ADDRESS + KILLED_SIZE); // entry
  word(32, EHDR); // program headers
  view.setUint16(52, EHDR, true);
  view.setUint16(54, PHDR, true);
  view.setUint16(56, 2, true);
  const segment = (index: number, flags: number, address: number, fileSize: number, size: number) => {
    const at = EHDR + PHDR * index;
    view.setUint32(at, 1, true); // PT_LOAD
    view.setUint32(at + 4, flags, true);
    word(at + 16, address);
    word(at + 24, address);
    word(at + 32, fileSize);
    word(at + 40, size);
    word(at + 48, 0x10000); // covers the largest page size of aarch64
  };
  segment(0, 5, CODE_ADDRESS, image.length, image.length);
  segment(1, 6, ARENA, 0, ARENA_SIZE);
  image.set(text, HEAD);
  return image;
}
