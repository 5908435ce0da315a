/**
 * An interpreter of classic BPF, as far as seccomp(2) lets filters use it. It refuses what the kernel's checker
 * refuses: unknown instructions, jumps out of the program, an end without a return.
 *
 * @module
 */

/** `struct seccomp_data`: number, architecture, instruction pointer, six arguments. */
export function seccompData(nr: number, arch: number, args: readonly bigint[] = []): Uint32Array {
  const data = new Uint32Array(16);
  data[0] = nr;
  data[1] = arch;
  args.forEach((arg, i) => {
    data[4 + 2 * i] = Number(arg & 0xffffffffn);
    data[5 + 2 * i] = Number(arg >> 32n);
  });
  return data;
}

/** What a filter returned, and after how many instructions. */
export interface Interpretation {
  readonly value: number;
  readonly steps: number;
  /** Whether it has looked at an argument. */
  readonly looked: boolean;
}

/**
 * Runs a filter.
 *
 * @param program two words for each instruction
 */
export function interpret(program: ArrayLike<number>, data: Uint32Array): Interpretation {
  let accumulator = 0, steps = 0, looked = false;
  for (let at = 0;;) {
    if (at >= program.length) throw new RangeError("the filter has no end");
    const head = program[at]!, value = program[at + 1]!, code = head & 0xffff;
    const yes = (head >>> 16) & 0xff, no = head >>> 24;
    at += 2;
    steps++;
    switch (code) {
      case 0x20:
        if (value & 3 || value > 60) throw new RangeError(`load of ${value}`);
        accumulator = data[value >> 2]!;
        if (value >= 16) looked = true;
        break;
      case 0x54:
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x05:
        at += 2 * value;
        break;
      case 0x15:
        at += 2 * (accumulator === value ? yes : no);
        break;
      case 0x25:
        at += 2 * (accumulator > value ? yes : no);
        break;
      case 0x35:
        at += 2 * (accumulator >= value ? yes : no);
        break;
      case 0x45:
        at += 2 * ((accumulator & value) !== 0 ? yes : no);
        break;
      case 0x06:
        return { value, steps, looked };
      default:
        throw new RangeError(`instruction 0x${code.toString(16)}`);
    }
  }
}
