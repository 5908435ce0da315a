/**
 * Where an executable wants to be in memory.
 *
 * @module
 */

/** User addresses end here in User-mode Linux on x86-64, which has half a TiB where others have 128. */
const END_OF_USER_MEMORY = 0x7fc0000000;

const ET_EXEC = 2;

/**
 * Checks that User-mode Linux can load an executable: one linked to a fixed address beyond its memory ends by
 * SIGSEGV before its first instruction, which no test would explain.
 *
 * @throws {Error} when it cannot
 */
export function checkExecutableRange(path: string): void {
  const header = new Uint8Array(64);
  using file = Deno.openSync(path);
  file.readSync(header);
  const view = new DataView(header.buffer);
  const entry = view.getBigUint64(24, true); // e_entry, elf(5); the segments are within 1 GiB of it
  if (view.getUint16(16, true) === ET_EXEC && entry >= END_OF_USER_MEMORY) {
    throw new Error(
      `Cannot run ${path} in User-mode Linux: it is linked to 0x${entry.toString(16)}, ` +
        `and user memory ends at 0x${END_OF_USER_MEMORY.toString(16)} there`,
    );
  }
}
