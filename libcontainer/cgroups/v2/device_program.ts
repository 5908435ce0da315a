/**
 * A device filter as a program for the kernel's BPF machine (`BPF_PROG_TYPE_CGROUP_DEVICE`): it sees one request for
 * a device and returns 1 to allow it, 0 to deny.
 *
 * ```
 *   context, r1:   0 ┌───────────────┬───────────────┐
 *                    │ type (16 bit) │ access (16)   │   type: 1 block, 2 character; access: 1 mknod, 2 read, 4 write
 *                  4 ├───────────────┴───────────────┤
 *                    │ major                         │
 *                  8 ├───────────────────────────────┤
 *                    │ minor                         │
 *                    └───────────────────────────────┘
 *   instruction, 8 bytes:  code │ dst, src (4 bits each) │ jump, 16 bits │ constant, 32 bits
 * ```
 *
 * @see https://docs.kernel.org/bpf/standardization/instruction-set.html
 * @module
 */
import { type DeviceFilter, RWM } from "../controllers/device_rules.ts";

/** Opcodes; `IMM` takes the constant, `REG` a second register. */
const LOAD_WORD = 0x61, AND32_IMM = 0x54, SHIFT_RIGHT32_IMM = 0x74, MOVE32_IMM = 0xb4, MOVE32_REG = 0xbc;
const JUMP_EQUAL_IMM = 0x15, JUMP_NOT_EQUAL_IMM = 0x55, JUMP_NOT_EQUAL_REG = 0x5d, EXIT = 0x95;

/** Where the program keeps what it compares. */
const TYPE = 2, ACCESS = 3, MAJOR = 4, MINOR = 5;

/**
 * Writes the program.
 *
 * @returns instructions, 8 bytes each, little-endian
 */
export function deviceProgram({ allow, exceptions }: DeviceFilter): Uint8Array<ArrayBuffer> {
  const code: number[][] = [];
  const put = (op: number, dst: number, src = 0, jump = 0, constant = 0) =>
    code.push([op, dst | src << 4, jump, constant]);
  const answer = (yes: boolean) => {
    put(MOVE32_IMM, 0, 0, 0, Number(yes));
    put(EXIT, 0);
  };
  put(LOAD_WORD, TYPE, 1, 0);
  put(AND32_IMM, TYPE, 0, 0, 0xffff);
  put(LOAD_WORD, ACCESS, 1, 0);
  put(SHIFT_RIGHT32_IMM, ACCESS, 0, 0, 16);
  put(LOAD_WORD, MAJOR, 1, 4);
  put(LOAD_WORD, MINOR, 1, 8);
  for (const { type, major, minor, access } of exceptions) {
    const jumps: number[][] = [];
    const unless = (op: number, dst: number, src: number, constant: number) => {
      jumps.push(code[put(op, dst, src, 0, constant) - 1]!);
    };
    unless(JUMP_NOT_EQUAL_IMM, TYPE, 0, type === "b" ? 1 : 2);
    if (access !== RWM) {
      // An exception that allows is for requests of nothing but what it lists: (access & listed) == access. One
      // that denies is for any of it, or opening for reading and writing would get past a denied write.
      put(MOVE32_REG, 1, ACCESS);
      put(AND32_IMM, 1, 0, 0, access);
      if (allow) unless(JUMP_EQUAL_IMM, 1, 0, 0);
      else unless(JUMP_NOT_EQUAL_REG, 1, ACCESS, 0);
    }
    if (major >= 0) unless(JUMP_NOT_EQUAL_IMM, MAJOR, 0, major);
    if (minor >= 0) unless(JUMP_NOT_EQUAL_IMM, MINOR, 0, minor);
    answer(!allow);
    for (const jump of jumps) jump[2] = code.length - code.indexOf(jump) - 1;
  }
  answer(allow);
  const bytes = new Uint8Array(8 * code.length), view = new DataView(bytes.buffer);
  code.forEach(([op, registers, jump, constant], i) => {
    view.setUint8(8 * i, op!);
    view.setUint8(8 * i + 1, registers!);
    view.setInt16(8 * i + 2, jump!, true);
    view.setInt32(8 * i + 4, constant! | 0, true);
  });
  return bytes;
}
