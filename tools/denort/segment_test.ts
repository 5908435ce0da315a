import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { skipWithout, withDirectory } from "../../tests/support/tools.ts";
import { BuildError } from "./build_error.ts";
import { findEnvironSlot, readDynamic } from "./dynamic.ts";
import { PROGRAM_HEADER_SIZE, PT_GNU_STACK, PT_LOAD, PT_PHDR, readElf, writeSegment } from "./elf.ts";
import { linkProgram } from "../../tests/support/position_independent_program.ts";
import { addSegment, aimAtScript, placeBlobs, TABLE } from "./segment.ts";

const START = { arguments: ["deno", "run"], variables: ["A=1"] };
const ignore = Deno.build.arch !== "x86_64" || skipWithout("the stub's segment", "as", "ld", "gcc");

/** A program with room for a program header, which `ld` does not leave: that of the stack is given up. */
function linkWithRoom(directory: string): Uint8Array<ArrayBuffer> {
  const bytes = linkProgram(directory, true), elf = readElf(bytes), last = elf.segments.length - 1;
  assertEquals(elf.segments[last]!.type, PT_GNU_STACK);
  elf.view.setUint16(56, last, true);
  return bytes;
}

/** Appends a script as `deno compile` does: in a segment of its own, behind program headers that moved there. */
function appendScript(denort: Uint8Array<ArrayBuffer>, script: Uint8Array, isMapped: boolean) {
  const { headersAt, segments } = readElf(denort), stub = segments.at(-1)!;
  const moved = denort.length, start = moved + (segments.length + 1) * PROGRAM_HEADER_SIZE;
  const bytes = new Uint8Array(start + script.length);
  bytes.set(denort);
  bytes.set(denort.subarray(headersAt, headersAt + segments.length * PROGRAM_HEADER_SIZE), moved);
  bytes.set(script, start);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(32, BigInt(moved), true);
  view.setUint16(56, segments.length + 1, true);
  const size = isMapped ? bytes.length - moved : start - moved, address = stub.address + 0x5000;
  const segment = { type: PT_LOAD, flags: 4, offset: moved, address, fileSize: size, size, align: 4096 };
  writeSegment(readElf(bytes), segments.length, segment);
  return { bytes, stub, scriptAddress: address + start - moved };
}

Deno.test({
  name: "the segment is the last, starts the program, and holds stub, table, blobs and strings",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const before = linkWithRoom(directory), blob = new Uint8Array([1, 2, 3]);
      const bytes = addSegment(before, START, [blob, blob]), elf = readElf(bytes);
      const segment = elf.segments.at(-1)!, [, second] = placeBlobs([3, 3]);
      assertEquals(elf.segments.length, readElf(before).segments.length + 1);
      assertEquals(segment.type, PT_LOAD);
      assertEquals(elf.entry, segment.address);
      assertEquals(segment.offset + segment.fileSize, bytes.length);
      assertEquals(second! % 16, 0);
      assertEquals([...bytes.subarray(segment.offset + second!, segment.offset + second! + 3)], [1, 2, 3]);
      const word = (at: number) => Number(elf.view.getBigInt64(segment.offset + TABLE + at, true));
      assertEquals(word(0) + segment.address, readElf(before).entry);
      assertEquals(word(8) + segment.address, findEnvironSlot(elf, readDynamic(elf)));
      assertEquals([word(32), word(40)], [2, 1]);
      const text = (at: number) => {
        const start = segment.offset + word(at);
        return new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start)));
      };
      assertEquals([text(48), text(56), text(64)], ["deno", "run", "A=1"]);
      const headers = elf.segments.find(({ type }) => type === PT_PHDR);
      assertEquals(headers?.size, elf.segments.length * PROGRAM_HEADER_SIZE);
    }),
});

Deno.test({
  name: "an executable without a free slot for a program header is refused",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const error = assertThrows(() => addSegment(linkProgram(directory, true), START), BuildError);
      assertStringIncludes(error.message, "no slot for a program header");
    }),
});

Deno.test({
  name: "an executable that does not use environ is refused",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const bytes = linkWithRoom(directory), name = new TextEncoder().encode("environ");
      for (let at = bytes.indexOf(name[0]!); at >= 0; at = bytes.indexOf(name[0]!, at + 1)) {
        if (name.every((byte, i) => bytes[at + i] === byte)) bytes[at] = 0x58;
      }
      const error = assertThrows(() => addSegment(bytes, START), BuildError);
      assertStringIncludes(error.message, "no slot for the variable `environ`");
    }),
});

Deno.test("what is no executable for x86-64 is refused", () => {
  const refuse = (bytes: number[], words: string) =>
    assertStringIncludes(assertThrows(() => readElf(new Uint8Array(bytes)), BuildError).message, words);
  refuse([1, 2, 3], "not a 64-bit little-endian ELF file");
  const header = [0x7f, 0x45, 0x4c, 0x46, 2, 1, ...new Array(58).fill(0)];
  refuse(header.with(18, 183), "machine 183");
  refuse(header.with(18, 62).with(54, 32), "program headers of 32 bytes");
});

Deno.test({
  name: "the stub is told where the script is, and slices are made to end",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const denort = addSegment(linkWithRoom(directory), START),
        script = new TextEncoder().encode("one\ntwo\n");
      const { bytes, stub, scriptAddress } = appendScript(denort, script, true);
      const { start, end } = aimAtScript(bytes, { bytes: script, main: 4, ends: [3, 7] });
      assertEquals(new TextDecoder().decode(bytes.subarray(start, end)), "one\0two\0");
      const { view } = readElf(bytes);
      const word = (at: number) => Number(view.getBigInt64(stub.offset + TABLE + at, true));
      assertEquals(word(16) + stub.address, scriptAddress);
      assertEquals(word(24), word(16) + 4);
    }),
});

Deno.test({
  name: "a script that is in no segment is an error",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const denort = addSegment(linkWithRoom(directory), START), script = new TextEncoder().encode("one\n");
      const { bytes } = appendScript(denort, script, false);
      const error = assertThrows(() => aimAtScript(bytes, { bytes: script, main: 0, ends: [] }), BuildError);
      assertStringIncludes(error.message, "into no segment");
    }),
});

Deno.test({
  name: "a script that is not there as it was given is an error",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const denort = addSegment(linkWithRoom(directory), START);
      const layout = { bytes: new TextEncoder().encode("no such script"), main: 0, ends: [] };
      assertStringIncludes(
        assertThrows(() => aimAtScript(denort, layout), BuildError).message,
        "script not found",
      );
    }),
});
