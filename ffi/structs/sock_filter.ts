import { Block } from "../operation.ts";

/** Bytes of an instruction, `struct sock_filter`. */
export const SOCK_FILTER_SIZE = 8;

/** Where a filter finds what it decides on: offsets in `struct seccomp_data`; linux/seccomp.h. */
export const SECCOMP_DATA = { nr: 0, arch: 4, instructionPointer: 8, args: 16 } as const;

/**
 * `struct sock_fprog`: a program of classic BPF for seccomp(2); linux/filter.h.
 *
 * @param program instructions of 8 bytes each: code (16 bits), jt, jf, k
 */
export function encodeFilterProgram(program: Uint8Array): Block {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint16(0, program.length / SOCK_FILTER_SIZE, true);
  return new Block(bytes, [{ at: 8, value: program }]);
}
