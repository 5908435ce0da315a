import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { skipWithout, withDirectory } from "../../tests/support/tools.ts";
import { BuildError } from "./build_error.ts";
import { DT, readDynamic, readRelocations, requireDynamic } from "./dynamic.ts";
import { ET_EXEC, fileOffset, readElf, readWord } from "./elf.ts";
import { linkProgram, runImage } from "../../tests/support/position_independent_program.ts";
import { drawBase, prelink } from "./prelink.ts";

const BASE = 0x12_3456_7000;
const ignore = Deno.build.arch !== "x86_64" || skipWithout("prelinking", "as", "ld", "gcc");

Deno.test({
  name: "a prelinked program needs nobody to apply its relative relocations",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const bytes = linkProgram(directory, false);
      assert(runImage(directory, bytes) !== 7, "the program runs unprelinked: it tests nothing");
      assertEquals(prelink(bytes, BASE), { applied: 1, kept: 0 });
      assertEquals(runImage(directory, bytes), 7);
    }),
});

Deno.test({
  name: "a prelinked program still runs under the dynamic loader, which fills what is left",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const bytes = linkProgram(directory, true);
      const { applied, kept } = prelink(bytes, BASE), elf = readElf(bytes);
      assertEquals(applied, 1);
      assert(kept >= 2, "environ and exit");
      assertEquals(elf.type, ET_EXEC);
      assertEquals(runImage(directory, bytes), 7);
      const calls = requireDynamic(elf, readDynamic(elf), DT.JMPREL);
      for (const { target } of readRelocations(elf, calls, 24)) {
        assert(readWord(elf.view, fileOffset(elf, target)) > BASE, "a function's slot leads into its stub");
      }
    }),
});

Deno.test({
  name: "a relocation of a kind that prelinking does not know is an error with its number",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const bytes = linkProgram(directory, true), elf = readElf(bytes), dynamic = readDynamic(elf);
      const calls = requireDynamic(elf, dynamic, DT.JMPREL);
      const [first] = readRelocations(elf, calls, 24);
      elf.view.setUint32(first!.at + 8, 37, true);
      const error = assertThrows(() => prelink(bytes, BASE), BuildError);
      assertStringIncludes(error.message, "relocation of unknown type 37");
    }),
});

Deno.test({
  name: "an image that is prelinked already is refused",
  ignore,
  fn: () =>
    withDirectory((directory) => {
      const bytes = linkProgram(directory, true);
      prelink(bytes, BASE);
      assertStringIncludes(
        assertThrows(() => prelink(bytes, BASE), BuildError).message,
        "not position-independent",
      );
    }),
});

Deno.test("bases are page-aligned, never at a huge page, and within the range that User-mode Linux has", () => {
  for (const value of [0, 1, 0x12345678, 0xffffffff]) {
    const base = drawBase((values) => values.fill(value));
    assertEquals(base % 4096, 0);
    assert(base % 0x200000 !== 0);
    assert(base >= 0x10_0000_0000 && base < 0x50_0000_0000, base.toString(16));
  }
  assert(drawBase() !== drawBase(), "drawn at random");
});
