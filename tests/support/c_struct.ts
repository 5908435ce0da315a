/**
 * Structs as C lays them out.
 *
 * @module
 */
import { runC } from "./tools.ts";

/** The bytes of a C value: `declaration` must declare `v`. */
export function bytesInC(headers: readonly string[], declaration: string): Uint8Array {
  const [line] = runC(
    [...headers, "string.h"],
    `static ${declaration}
    for (unsigned long i = 0; i < sizeof v; i++) printf("%02x", ((unsigned char *)&v)[i]);
    puts("");`,
  );
  return Uint8Array.from(line!.match(/../g)!, (byte) => parseInt(byte, 16));
}
