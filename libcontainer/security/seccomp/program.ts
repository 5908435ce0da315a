/**
 * A program of classic BPF, written from its end: jumps go forward only, so what they lead to is there when they are
 * written (linux/filter.h, Documentation/networking/filter.rst of the kernel).
 *
 * @module
 */

/** The largest program that the kernel takes, in instructions. */
export const BPF_MAXINSNS = 4096;

/** The farthest that a conditional jump goes. */
const FAR = 255;

const LD_ABS = 0x20, AND = 0x54, JA = 0x05, RET = 0x06;

/** Conditional jumps: equal, greater, greater or equal, to a constant. */
export const JEQ = 0x15, JGT = 0x25, JGE = 0x35;

/** A place in a program: how many instructions there are from it to the end. */
export type Label = number;

/** The program that is being written. */
export class Program {
  /** Two words for each instruction, the last instruction first. */
  readonly #words: number[] = [];
  /** The instruction that returns a value, the newest one where there are several. */
  readonly #returns = new Map<number, Label>();
  /** What a return at a place gives back. */
  readonly #values = new Map<Label, number>();
  /** Jumps that lead on to places which are too far away. */
  readonly #relays = new Map<Label, Label>();

  /** How many instructions there are. */
  get length(): number {
    return this.#words.length >> 1;
  }

  /** Ends the filter with a value; one instruction serves all who ask for the same. */
  ret(value: number): Label {
    return this.#returns.get(value) ?? this.#writeReturn(value);
  }

  /** Loads a word of `struct seccomp_data`, and goes on with what was written last. */
  load(offset: number): Label {
    return this.#write(LD_ABS, offset);
  }

  /** Leaves only some bits of what was loaded. */
  and(mask: number): Label {
    return this.#write(AND, mask);
  }

  /** Goes to one of two places, as what was loaded compares with `value`. */
  jump(code: number, value: number, yes: Label, no: Label): Label {
    yes = this.#near(yes, 1);
    no = this.#near(no, 0);
    const { length } = this;
    return this.#write(code | (length - yes) << 16 | (length - no) << 24, value);
  }

  /**
   * The program as words: of each instruction its code and jumps, then its constant (`struct sock_filter`, on a
   * little-endian machine).
   */
  words(): number[] {
    const words = this.#words, turned = new Array<number>(words.length);
    for (let i = 0; i < words.length; i += 2) {
      turned[words.length - 2 - i] = words[i]! >>> 0;
      turned[words.length - 1 - i] = words[i + 1]! >>> 0;
    }
    return turned;
  }

  /** A place within reach that comes to the same, if `more` instructions are still written before the jump. */
  #near(label: Label, more: number): Label {
    const reach = FAR - more;
    if (this.length - label <= reach) return label;
    const value = this.#values.get(label);
    if (value !== undefined) {
      const known = this.#returns.get(value)!;
      return this.length - known <= reach ? known : this.#writeReturn(value);
    }
    const relay = this.#relays.get(label);
    if (relay !== undefined && this.length - relay <= reach) return relay;
    const made = this.#write(JA, this.length - label);
    this.#relays.set(label, made);
    return made;
  }

  #writeReturn(value: number): Label {
    const label = this.#write(RET, value);
    this.#returns.set(value, label);
    this.#values.set(label, value);
    return label;
  }

  #write(code: number, value: number): Label {
    return this.#words.push(code, value) >> 1;
  }
}
