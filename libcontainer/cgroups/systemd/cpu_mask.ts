/**
 * A list of CPUs or memory nodes (`0-3,7`) as systemd takes it: bit n of byte n/8 stands for number n.
 *
 * The list was checked (`libcontainer/validate/number_list.ts`), or comes from the kernel.
 */
export function maskOf(list: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const range of list.split(",").map((range) => range.trim()).filter(Boolean)) {
    const [first = "", last = first] = range.split("-");
    for (let n = Number(first); n <= Number(last); n++) {
      while (bytes.length <= n >> 3) bytes.push(0);
      bytes[n >> 3]! |= 1 << (n & 7);
    }
  }
  return new Uint8Array(bytes);
}
