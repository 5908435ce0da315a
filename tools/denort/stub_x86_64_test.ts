import { assert, assertEquals } from "@std/assert";
import { assemble, readListings } from "../../tests/support/assemble.ts";
import { skipWithout } from "../../tests/support/tools.ts";
import { STUB_ROUTINES } from "../../ffi/native.ts";
import { ANSWER, ANSWER_X86_64, TABLE } from "./segment.ts";
import { STUB_X86_64 } from "./stub_x86_64.ts";

Deno.test({
  name: "the entry stub is its listing, assembled",
  ignore: Deno.build.arch !== "x86_64" || skipWithout("entry stub, assembled", "as", "objcopy"),
  fn: () => {
    const listings = readListings(new URL("./stub_x86_64.ts", import.meta.url));
    assertEquals(listings.map(({ name }) => name), ["STUB"]);
    assertEquals(assemble("", listings[0]!.text), STUB_X86_64);
    for (const line of [`.set ANSWER, ${ANSWER} `, `.set TABLE, ${TABLE}\n`]) {
      assert(listings[0]!.text.includes(line), `listing and segment.ts differ: ${line}`);
    }
  },
});

Deno.test({
  name: "the answer routine is its listings, assembled",
  ignore: Deno.build.arch !== "x86_64" || skipWithout("answer routine, assembled", "as", "objcopy"),
  fn: () => {
    const parts = ["arguments", "root", "path", "run", "calls"].flatMap((part) => {
      return readListings(new URL(`./answer_${part}_x86_64.ts`, import.meta.url));
    });
    assertEquals(parts.map(({ name }) => name), ["ARGUMENTS", "ROOT", "PATH", "RUN", "CALLS"]);
    const text = parts.map((part) => part.text).join("");
    assertEquals(parts.map(({ bytes }) => bytes).join(""), ANSWER_X86_64);
    assertEquals(assemble("", text), ANSWER_X86_64);
    assert(text.includes(`.set SPAWN, ${STUB_ROUTINES.spawn} `), "listing and native.ts differ");
  },
});
