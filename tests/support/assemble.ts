/**
 * Listings beside machine code, assembled.
 *
 * @module
 */
import { runProgram, withDirectory } from "./tools.ts";

/** A routine as a source file has it: its listing in a comment, its bytes in the constant below. */
export interface Listing {
  /** The constant's name. */
  readonly name: string;
  /** Assembler text. */
  readonly text: string;
  /** The bytes as hexadecimal text. */
  readonly bytes: string;
}

/** Reads every ```` ```asm ```` listing of a file with the string constant that follows it. */
export function readListings(file: URL): Listing[] {
  const source = Deno.readTextFileSync(file);
  const pattern = /^ \* ```asm\n(.*?)^ \* ```\n.*?^const (\w+) =\s*(.*?);\n/gms;
  return [...source.matchAll(pattern)].map(([, listing, name, bytes]) => ({
    name: name!,
    text: listing!.replaceAll(/^ \* ?/gm, ""),
    bytes: [...bytes!.matchAll(/"([0-9a-f]*)"/g)].map(([, part]) => part).join(""),
  }));
}

/**
 * Assembles a listing.
 *
 * @param prefix what binutils' programs for the architecture are called before `as`, such as `aarch64-linux-gnu-`
 * @returns the bytes as hexadecimal text
 */
export function assemble(prefix: string, text: string): string {
  return withDirectory((directory) => {
    const path = (name: string) => `${directory}/${name}`;
    Deno.writeTextFileSync(path("in.s"), text);
    runProgram(`${prefix}as`, ["-o", path("out.o"), path("in.s")]);
    runProgram(`${prefix}objcopy`, ["-O", "binary", "-j", ".text", path("out.o"), path("out.bin")]);
    return Deno.readFileSync(path("out.bin")).toHex();
  });
}
